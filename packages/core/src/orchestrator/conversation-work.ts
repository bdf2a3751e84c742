import { createHash, randomInt } from 'node:crypto';
import type { ConversationCommand } from '../domain/conversation/commands.ts';
import type { Destination } from '../domain/conversation/facts.ts';
import type { ConversationWork } from '../domain/conversation/pending-conversation-work.ts';
import type { ReplyBody } from '../domain/conversation/reply.ts';
import { type Route, routeMessage } from '../domain/conversation/route-message.ts';
import type { Conversation, WaitingMessage } from '../domain/conversation/state.ts';
import { describeError, isCoreError } from '../domain/errors.ts';
import {
	asReplyId,
	asTaskId,
	type ConversationId,
	conversationStream,
	type TaskId,
	taskStream,
} from '../domain/ids.ts';
import { DEFAULT_BUDGET } from '../domain/task/budget.ts';
import type { TaskCommand } from '../domain/task/commands.ts';
import type { Task } from '../domain/task/state.ts';
import type { IClock } from '../ports/clock.ts';
import type { IFrontend } from '../ports/frontend.ts';
import type { CommandHandler } from './handle-command.ts';
import { commandHelpReply, statusReply, tasksReply } from './render-status.ts';

interface Dependencies {
	readonly tasks: Pick<CommandHandler<Task, TaskCommand, never>, 'handle' | 'state'>;
	readonly conversations: Pick<CommandHandler<Conversation, ConversationCommand, never>, 'handle'>;
	readonly frontend: (name: string) => IFrontend | undefined;
	readonly clock: IClock;
}

/** ConversationWorker takes messages to where they belong and replies to their frontends. */
export class ConversationWorker {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	async carryOut(id: ConversationId, work: ConversationWork, conversation: Conversation): Promise<void> {
		if (work.kind === 'route') await this.#route(id, conversation, work.message);
		else if (work.kind === 'deliver') await this.#deliver(id, conversation, work);
	}

	/** The effect comes first and the note that it was done after: both can be repeated, because their ids come from the message. */
	async #route(id: ConversationId, conversation: Conversation, message: WaitingMessage): Promise<void> {
		const route = routeMessage(conversation, message);
		const outcome = await this.#follow(id, conversation, message, route);
		if (outcome.say !== undefined) {
			const reply: ReplyBody = { id: asReplyId(`${message.messageId}.reply`), kind: 'notice', text: outcome.say };
			await this.#tell(id, { type: 'RecordReply', at: this.#now(), reply });
		}
		await this.#tell(id, { type: 'RouteMessage', at: this.#now(), messageId: message.messageId, to: outcome.to });
	}

	async #follow(
		id: ConversationId,
		conversation: Conversation,
		message: WaitingMessage,
		route: Route,
	): Promise<{ to: Destination; say?: string }> {
		switch (route.kind) {
			case 'task':
				return { to: { kind: 'task', taskId: await this.#submit(id, message, route.goal) } };
			case 'answer': {
				const { taskId, questionId, answer } = route;
				const at = this.#now();
				const command = { type: 'AnswerQuestion', at, questionId, answer, by: message.person } as const;
				const say = await this.#attempt(taskId, command);
				return { to: { kind: 'answer', taskId, questionId }, ...say };
			}
			case 'command':
				return { to: { kind: 'command', name: route.name }, ...(await this.#command(conversation, message, route)) };
			case 'unclear':
				return { to: { kind: 'nothing' }, say: route.text };
		}
	}

	async #submit(conversation: ConversationId, message: WaitingMessage, goal: string): Promise<TaskId> {
		const taskId = derivedTaskId(conversation, message.seq);
		const { person, attachments } = message;
		await this.#deps.tasks.handle(taskStream(taskId), {
			type: 'SubmitTask',
			at: this.#now(),
			taskId,
			goal,
			person,
			conversation,
			attachments,
			approve: false,
			budget: DEFAULT_BUDGET,
		});
		return taskId;
	}

	async #command(
		conversation: Conversation,
		message: WaitingMessage,
		route: Extract<Route, { kind: 'command' }>,
	): Promise<{ say?: string }> {
		if (route.name === 'help') return { say: commandHelpReply() };
		const numbered = await this.#numberedTasks(conversation);
		if (route.name === 'tasks') return { say: tasksReply(numbered) };
		const open = route.numbered ? undefined : numbered.findLast(({ task }) => task.end === undefined);
		const chosen = open?.task.id ?? route.taskId;
		const entry = numbered.find(({ task }) => task.id === chosen);
		if (entry === undefined) return { say: 'There is no such task in this conversation. `/tasks` lists them.' };
		const { task } = entry;
		const by = message.person;
		const at = this.#now();
		switch (route.name) {
			case 'status':
				return { say: statusReply(entry) };
			case 'cancel':
				if (task.end !== undefined) return { say: `Task ${entry.number} is already ${task.end.status}.` };
				return this.#attempt(task.id, { type: 'CancelTask', at, by, reason: 'You asked for it.' });
			case 'retry':
				return this.#attempt(task.id, { type: 'RetryTask', at, by });
		}
	}

	async #numberedTasks(conversation: Conversation) {
		const tasks = await Promise.all(
			conversation.tasks.map(async ({ number, taskId }) => {
				const task = await this.#deps.tasks.state(taskStream(taskId));
				return task === undefined ? [] : [{ number, task }];
			}),
		);
		return tasks.flat();
	}

	/** A refusal is an answer to the person; anything else is tried again. */
	async #attempt(taskId: TaskId, command: TaskCommand): Promise<{ say?: string }> {
		try {
			await this.#deps.tasks.handle(taskStream(taskId), command);
			return {};
		} catch (error) {
			if (!isCoreError(error) || error.code === 'disk-full' || error.code === 'internal') throw error;
			return { say: `${error.message} ${error.hint}` };
		}
	}

	async #deliver(
		id: ConversationId,
		conversation: Conversation,
		work: Extract<ConversationWork, { kind: 'deliver' }>,
	): Promise<void> {
		const { reply, seq, repeated } = work;
		const frontend = this.#deps.frontend(conversation.frontend ?? '');
		try {
			if (frontend === undefined) throw new Error(`the frontend "${conversation.frontend}" is not running`);
			if (!frontend.limits.deduplicates) {
				await this.#tell(id, { type: 'AttemptDelivery', at: this.#now(), replyId: reply.id });
			}
			const receipt = await frontend.deliver({ ...reply, conversation: id, seq, ...(repeated ? { repeated } : {}) });
			await this.#tell(id, { type: 'RecordReceipt', at: this.#now(), replyId: reply.id, receipt });
		} catch (error) {
			if (isCoreError(error, 'disk-full')) throw error;
			// Unless the frontend knows better, the reply may have arrived although its receipt did not.
			const known = isCoreError(error) || frontend === undefined;
			const kind = known ? 'retryable' : 'unknown-outcome';
			const failure = {
				kind,
				code: isCoreError(error) ? error.code : 'delivery-failed',
				message: describeError(error),
			} as const;
			const jitter = randomInt(1_000) / 1_000;
			await this.#tell(id, { type: 'FailDelivery', at: this.#now(), replyId: reply.id, failure, jitter });
		}
	}

	/** A reply's id is its idempotency key, because the conversation itself remembers the latest ids only. */
	async #tell(id: ConversationId, command: ConversationCommand): Promise<void> {
		const key = command.type === 'RecordReply' ? `reply:${command.reply.id}` : undefined;
		await this.#deps.conversations.handle(conversationStream(id), command, key);
	}

	#now(): number {
		return this.#deps.clock.now();
	}
}

/** The same message always becomes the same task. */
function derivedTaskId(conversation: ConversationId, seq: number): TaskId {
	const hash = createHash('sha256').update(`${conversation}/${seq}`).digest('hex');
	return asTaskId(hash.slice(0, 20));
}
