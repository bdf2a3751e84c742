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
import { asTaskId } from '@errand/core/domain/ids.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import { a2aError, malformed, notCancelable, unsupported } from './a2a-error.ts';
import { exchangeOf, type HandlerDesks } from './exchange-of.ts';
import { pageOfTasks } from './page-of-tasks.ts';
import { setPush, shownPush } from './push-configs.ts';
import type { ShownArtifacts } from './shown-artifacts.ts';
import { isOver, shownTask, stateOf } from './shown-task.ts';
import { takeMessage } from './take-message.ts';
import { isSettled, TaskEvents } from './task-events.ts';

/** A2aCall is who calls, and until when they listen. */
export interface A2aCall {
	readonly principal: Principal;
	readonly signal: AbortSignal;
	/** Resolves once they have taken what a stream told them so far, or have gone. */
	ready(): Promise<void>;
	/** Hears why a stream ends that had begun; where left out, it ends with the error. */
	readonly broke?: ((error: unknown) => void) | undefined;
}

/** CALL is where a call's own facts stand in the context that the SDK carries along. */
export const CALL = 'errand.call';

/** HandlerParts is what the handler of A2A works with. */
export interface HandlerParts extends HandlerDesks {
	readonly artifacts: ShownArtifacts;
	readonly card: (principal: Principal | undefined) => Promise<AgentCard>;
	readonly clock: IClock;
}

const LONGEST_WAIT_MS = 10 * 60_000;
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
			const id = await takeMessage(this.#parts, principal, params);
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
		const id = await asked(() => takeMessage(this.#parts, call.principal, params));
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
			const { ids, nextPageToken } = await pageOfTasks(this.#parts, principal, {
				contextId,
				limit: pageSize,
				token: params.pageToken,
			});
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
		return asked(() => setPush(this.#parts, callOf(context).principal, config.taskId, config));
	}

	getTaskPushNotificationConfig(
		{ taskId, id }: GetTaskPushNotificationConfigRequest,
		context: ServerCallContext,
	): Promise<TaskPushNotificationConfig> {
		return asked(async () => {
			const { pushes } = await exchangeOf(this.#parts, callOf(context).principal, taskId);
			const push = pushes.find((one) => one.id === id);
			if (push === undefined) throw malformed(`Task "${taskId}" has no push notification configuration "${id}".`);
			return shownPush(taskId, push);
		});
	}

	listTaskPushNotificationConfigs({ taskId }: ListTaskPushNotificationConfigsRequest, context: ServerCallContext) {
		return asked(async () => {
			const { pushes } = await exchangeOf(this.#parts, callOf(context).principal, taskId);
			return { configs: pushes.map((push) => shownPush(taskId, push)), nextPageToken: '' };
		});
	}

	deleteTaskPushNotificationConfig(
		{ taskId, id }: DeleteTaskPushNotificationConfigRequest,
		context: ServerCallContext,
	): Promise<void> {
		return asked(async () => {
			const { principal } = callOf(context);
			await exchangeOf(this.#parts, principal, taskId);
			await this.#parts.exchanges.deletePush(principal, asTaskId(taskId), id);
		});
	}

	async *#stream(
		call: A2aCall,
		id: string,
		historyLength: number | undefined,
		{ evenAsked = false }: { evenAsked?: boolean } = {},
	): AsyncGenerator<StreamResponse, void, undefined> {
		const { principal, signal } = call;
		let begun = false;
		try {
			const view = await this.#parts.tasks.view(principal, asTaskId(id));
			const value = await this.#shown(principal, view, historyLength, true);
			yield { payload: { $case: 'task', value } };
			begun = true;
			if (isSettled(view) && !(evenAsked && !isOver(stateOf(view)))) return;
			for await (const event of this.#events.events(principal, view, { id, contextId: value.contextId }, signal)) {
				await call.ready();
				yield event;
			}
		} catch (error) {
			if (!begun || call.broke === undefined) throw a2aError(error);
			call.broke(error);
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
