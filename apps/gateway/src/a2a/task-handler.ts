import { hash } from 'node:crypto';
import type {
	AgentCard,
	CancelTaskRequest,
	DeleteTaskPushNotificationConfigRequest,
	GetTaskPushNotificationConfigRequest,
	GetTaskRequest,
	ListTaskPushNotificationConfigsRequest,
	ListTasksRequest,
	SendMessageRequest,
	StreamResponse,
	SubscribeToTaskRequest,
	Task,
	TaskPushNotificationConfig,
} from '@a2a-js/sdk';
import type { A2ARequestHandler, ServerCallContext } from '@a2a-js/sdk/server';
import { questionHelp, readAnswer } from '@errand/core/domain/conversation/read-answer.ts';
import type { Exchange, Push } from '@errand/core/domain/exchange/exchange.ts';
import { asTaskId } from '@errand/core/domain/ids.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import type { ITaskDesk, Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { IExchangeDesk } from '@errand/core/orchestrator/desks/exchanges.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import { a2aError, malformed, notCancelable, unsupported } from './a2a-error.ts';
import { type ReadMessage, readMessage } from './read-message.ts';
import type { ShownArtifacts } from './shown-artifacts.ts';
import { contextOf, isOver, shownTask, stateOf } from './shown-task.ts';
import { isSettled, TaskEvents } from './task-events.ts';

/** A2aCall is who calls, and until when they listen. */
export interface A2aCall {
	readonly principal: Principal;
	readonly signal: AbortSignal;
}

/** CALL is where a call's own facts stand in the context that the SDK carries along. */
export const CALL = 'errand.call';

/** HandlerParts is what the handler of A2A works with. */
export interface HandlerParts {
	readonly tasks: Pick<ITaskDesk, 'submit' | 'view' | 'list' | 'follow' | 'answer' | 'cancel'>;
	readonly exchanges: IExchangeDesk;
	readonly artifacts: ShownArtifacts;
	readonly card: (principal: Principal | undefined) => Promise<AgentCard>;
	readonly clock: IClock;
}

const LONGEST_WAIT_MS = 10 * 60_000;
const MAX_CONTEXT = 200;
const EARLIER_GOALS = 5;
const MAX_PAGE = 100;

/** TaskHandler is A2A over the desk of tasks: nothing of a task is kept here, so any gateway serves any task at any time. */
export class TaskHandler implements A2ARequestHandler {
	readonly #parts: HandlerParts;
	readonly #events: TaskEvents;

	constructor(parts: HandlerParts) {
		this.#parts = parts;
		this.#events = new TaskEvents(parts);
	}

	getAgentCard(): Promise<AgentCard> {
		return this.#parts.card(undefined);
	}

	getAuthenticatedExtendedAgentCard(_params: unknown, context: ServerCallContext): Promise<AgentCard> {
		return asked(async () => this.#parts.card(callOf(context).principal));
	}

	sendMessage(params: SendMessageRequest, context: ServerCallContext): Promise<Task> {
		return asked(async () => {
			const { principal, signal } = callOf(context);
			const id = await this.#take(principal, params);
			const { returnImmediately = false, historyLength } = params.configuration ?? {};
			if (!returnImmediately) {
				const late = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_WAIT_MS)]);
				await this.#events.settled(principal, asTaskId(id), late);
			}
			return this.#show(principal, id, historyLength);
		});
	}

	async *sendMessageStream(
		params: SendMessageRequest,
		context: ServerCallContext,
	): AsyncGenerator<StreamResponse, void, undefined> {
		const call = callOf(context);
		const id = await asked(() => this.#take(call.principal, params));
		yield* this.#stream(call, id, params.configuration?.historyLength);
	}

	async *resubscribe(
		{ id }: SubscribeToTaskRequest,
		context: ServerCallContext,
	): AsyncGenerator<StreamResponse, void, undefined> {
		const call = callOf(context);
		const view = await asked(() => this.#parts.tasks.view(call.principal, asTaskId(id)));
		if (isOver(stateOf(view))) throw unsupported(`Task "${id}" is over: GetTask shows how it ended.`);
		yield* this.#stream(call, id, undefined, { evenAsked: true });
	}

	getTask({ id, historyLength }: GetTaskRequest, context: ServerCallContext): Promise<Task> {
		return asked(() => this.#show(callOf(context).principal, id, historyLength));
	}

	cancelTask({ id }: CancelTaskRequest, context: ServerCallContext): Promise<Task> {
		return asked(async () => {
			const { principal } = callOf(context);
			const view = await this.#parts.tasks.view(principal, asTaskId(id));
			if (view.endedAt !== undefined && view.status !== 'cancelled') {
				throw notCancelable(`Task "${id}" is ${stateOf(view)} already.`);
			}
			await this.#parts.tasks.cancel(principal, asTaskId(id));
			return this.#show(principal, id, undefined);
		});
	}

	listTasks(params: ListTasksRequest, context: ServerCallContext) {
		return asked(async () => {
			const { principal } = callOf(context);
			const { contextId, status, historyLength, includeArtifacts = false, statusTimestampAfter } = params;
			const pageSize = Math.max(1, Math.min(params.pageSize ?? 50, MAX_PAGE));
			const { ids, nextPageToken } = await this.#page(principal, contextId, pageSize, params.pageToken);
			const shown = await Promise.all(ids.map((id) => this.#show(principal, id, historyLength, includeArtifacts)));
			const since = statusTimestampAfter === undefined ? Number.NaN : Date.parse(statusTimestampAfter);
			const tasks = shown.filter(
				(task) =>
					(status === 0 || task.status?.state === status) &&
					(Number.isNaN(since) || Date.parse(task.status?.timestamp ?? '') >= since),
			);
			return { tasks, nextPageToken, pageSize, totalSize: tasks.length };
		});
	}

	createTaskPushNotificationConfig(
		config: TaskPushNotificationConfig,
		context: ServerCallContext,
	): Promise<TaskPushNotificationConfig> {
		return asked(() => this.#setPush(callOf(context).principal, config.taskId, config));
	}

	getTaskPushNotificationConfig(
		{ taskId, id }: GetTaskPushNotificationConfigRequest,
		context: ServerCallContext,
	): Promise<TaskPushNotificationConfig> {
		return asked(async () => {
			const { pushes } = await this.#exchangeOf(callOf(context).principal, taskId);
			const push = pushes.find((one) => one.id === id);
			if (push === undefined) throw malformed(`Task "${taskId}" has no push notification configuration "${id}".`);
			return shownPush(taskId, push);
		});
	}

	listTaskPushNotificationConfigs({ taskId }: ListTaskPushNotificationConfigsRequest, context: ServerCallContext) {
		return asked(async () => {
			const { pushes } = await this.#exchangeOf(callOf(context).principal, taskId);
			return { configs: pushes.map((push) => shownPush(taskId, push)), nextPageToken: '' };
		});
	}

	deleteTaskPushNotificationConfig(
		{ taskId, id }: DeleteTaskPushNotificationConfigRequest,
		context: ServerCallContext,
	): Promise<void> {
		return asked(async () => {
			const { principal } = callOf(context);
			await this.#exchangeOf(principal, taskId);
			await this.#parts.exchanges.deletePush(principal, asTaskId(taskId), id);
		});
	}

	/** Makes a message a task, or the answer to what a task asks. */
	async #take(principal: Principal, { message, configuration }: SendMessageRequest): Promise<string> {
		const read = readMessage(message);
		const { taskId = '', contextId = '' } = message ?? {};
		const id = taskId === '' ? await this.#begin(principal, read, contextId) : taskId;
		if (taskId !== '') await this.#answer(principal, taskId, read, contextId);
		const push = configuration?.taskPushNotificationConfig;
		if (push !== undefined) await this.#setPush(principal, id, push);
		return id;
	}

	async #begin(principal: Principal, read: ReadMessage, given: string): Promise<string> {
		const { tasks, exchanges } = this.#parts;
		if (given.length > MAX_CONTEXT) throw malformed(`A contextId has at most ${MAX_CONTEXT} characters.`);
		const context = given === '' ? `c${hash('sha256', `${principal.person}/${read.id}`, 'hex').slice(0, 24)}` : given;
		const earlier = given === '' ? [] : await exchanges.ofContext(principal, context, EARLIER_GOALS);
		const views = await Promise.all(earlier.map((task) => tasks.view(principal, task)));
		const { id, duplicate } = await tasks.submit(principal, {
			goal: read.text,
			attachments: read.attachments,
			idempotencyKey: `a2a:${read.id}`,
			...(views.length === 0 ? {} : { earlierGoals: views.map(({ goal }) => goal).reverse() }),
		});
		await exchanges.begin(principal, id, context);
		if (!duplicate || (await exchanges.get(principal, id))?.messages.length === 0) {
			await exchanges.say(principal, id, { id: read.id, text: read.text });
		}
		return id;
	}

	async #answer(principal: Principal, taskId: string, read: ReadMessage, contextId: string): Promise<void> {
		const { tasks, exchanges } = this.#parts;
		const task = asTaskId(taskId);
		const view = await tasks.view(principal, task);
		const exchange = await this.#exchangeOf(principal, taskId);
		if (contextId !== '' && contextId !== exchange.context) {
			throw malformed(`Task "${taskId}" belongs to another context than "${contextId.slice(0, 100)}".`);
		}
		if (exchange.messages.some(({ id }) => id === read.id)) return;
		const question = view.questions.find(({ id }) => read.questionId === undefined || id === read.questionId);
		if (question === undefined) {
			const again = 'Send a message without a taskId for a new one; the same contextId keeps what was said.';
			throw unsupported(`Task "${taskId}" is ${stateOf(view)} and asks nothing. ${again}`);
		}
		const attachments = read.attachments.map((one) => (one.kind === 'url' ? one : undefined));
		if (attachments.some((one) => one === undefined)) {
			throw malformed('An answer may hold addresses, not bytes: send a file with a message of its own.');
		}
		const links = read.attachments.flatMap((one) => (one.kind === 'url' ? [one.url] : []));
		const text = [read.text, ...links].filter(Boolean).join('\n');
		const answer = question.kind === 'secret' ? text : readAnswer(question, { text, attachments: [] });
		if (answer === undefined || answer === '') throw malformed(questionHelp(question));
		await tasks.answer(principal, task, question.id, answer);
		const said = question.kind === 'secret' ? '(kept secret)' : read.text;
		await exchanges.say(principal, task, { id: read.id, text: said });
	}

	async *#stream(
		{ principal, signal }: A2aCall,
		id: string,
		historyLength: number | undefined,
		{ evenAsked = false }: { evenAsked?: boolean } = {},
	): AsyncGenerator<StreamResponse, void, undefined> {
		try {
			const view = await this.#parts.tasks.view(principal, asTaskId(id));
			const value = await this.#shown(principal, view, historyLength, true);
			yield { payload: { $case: 'task', value } };
			if (isSettled(view) && !(evenAsked && !isOver(stateOf(view)))) return;
			yield* this.#events.events(principal, view, { id, contextId: value.contextId }, signal);
		} catch (error) {
			throw a2aError(error);
		}
	}

	async #show(principal: Principal, id: string, historyLength?: number, whole = true): Promise<Task> {
		const view = await this.#parts.tasks.view(principal, asTaskId(id));
		return this.#shown(principal, view, historyLength, whole);
	}

	async #shown(principal: Principal, view: TaskView, historyLength: number | undefined, whole: boolean): Promise<Task> {
		const { exchanges, artifacts, clock } = this.#parts;
		const exchange = await exchanges.get(principal, asTaskId(view.id));
		const files = whole ? await artifacts.of(principal, view) : [];
		return shownTask(view, { exchange, artifacts: files, historyLength, at: clock.now() });
	}

	/** What the task has with this client; one that was begun elsewhere gets a context of its own. */
	async #exchangeOf(principal: Principal, taskId: string): Promise<Exchange> {
		const { tasks, exchanges } = this.#parts;
		const task = asTaskId(taskId);
		const known = await exchanges.get(principal, task);
		if (known !== undefined) return known;
		await tasks.view(principal, task);
		return exchanges.begin(principal, task, contextOf(taskId, undefined));
	}

	async #setPush(
		principal: Principal,
		taskId: string,
		config: TaskPushNotificationConfig,
	): Promise<TaskPushNotificationConfig> {
		const { url, token, authentication } = config;
		if (url === '' || url.length > 2_000) throw malformed('A push notification configuration needs a url.');
		if (token.length > 1_000 || (authentication?.credentials.length ?? 0) > 4_000)
			throw malformed('The token is too long.');
		await this.#exchangeOf(principal, taskId);
		const id = config.id === '' ? hash('sha256', url, 'hex').slice(0, 16) : config.id.slice(0, 200);
		const push = await this.#parts.exchanges.setPush(principal, asTaskId(taskId), {
			...{ id, url },
			...(token === '' ? {} : { token }),
			...(authentication === undefined
				? {}
				: { authorization: `${authentication.scheme || 'Bearer'} ${authentication.credentials}` }),
		});
		return shownPush(taskId, push);
	}

	async #page(principal: Principal, contextId: string, limit: number, token: string) {
		const { tasks, exchanges } = this.#parts;
		if (token !== '' && !/^\d{1,16}$/.test(token)) throw malformed('The pageToken is none that was given out.');
		if (contextId !== '') {
			const from = token === '' ? 0 : Number(token);
			const all = await exchanges.ofContext(principal, contextId, from + limit + 1);
			const ids: string[] = all.slice(from, from + limit);
			return { ids, nextPageToken: all.length > from + limit ? String(from + limit) : '' };
		}
		const before = token === '' ? {} : { before: Number(token) };
		const page = await tasks.list(principal, { ...before, limit });
		const ids = page.tasks.map((task): string => task.id);
		return { ids, nextPageToken: page.next === undefined ? '' : String(page.next) };
	}
}

function callOf(context: ServerCallContext): A2aCall {
	// The service puts it there for every call.
	return context.state.get(CALL) as A2aCall;
}

async function asked<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw a2aError(error);
	}
}

/** What it shows the address is in the vault, and stays there. */
function shownPush(taskId: string, { id, url }: Push): TaskPushNotificationConfig {
	return { tenant: '', id, taskId, url, token: '', authentication: undefined };
}
