import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ConversationCommand } from '../../domain/conversation/commands.ts';
import type { Destination, Message } from '../../domain/conversation/facts.ts';
import { readAnswer } from '../../domain/conversation/read-answer.ts';
import type { ReplyBody } from '../../domain/conversation/reply.ts';
import { heldQuestion, type Route, type RunningTask, routeMessage } from '../../domain/conversation/route-message.ts';
import type { Conversation, HeldMessage, WaitingMessage } from '../../domain/conversation/state.ts';
import { changedGoal } from '../../domain/conversation/steering.ts';
import { describeError, isCoreError } from '../../domain/errors.ts';
import {
	asQuestionId,
	asReplyId,
	asTaskId,
	type ConversationId,
	conversationStream,
	type MessageId,
	type PersonId,
	type QuestionId,
	type TaskId,
	taskStream,
} from '../../domain/ids.ts';
import type { Json } from '../../domain/json.ts';
import type { Role } from '../../domain/person/person-view.ts';
import { budgetFor } from '../../domain/task/budget.ts';
import type { TaskCommand } from '../../domain/task/commands.ts';
import { openQuestions, type Task } from '../../domain/task/state.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IStreamIndex } from '../../ports/event-store.ts';
import type { ILogger } from '../../ports/logger.ts';
import { attempt } from '../commands/attempt.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { IPeopleDesk } from '../desks/people.ts';
import { answerWords } from '../render/report.ts';
import { refuseMoreOfGuests } from '../tasks/refuse-more-of-guests.ts';
import type { ChatCommands, Said } from './chat-commands.ts';
import { replyKey } from './reply-delivery.ts';

interface Dependencies {
	readonly tasks: Pick<CommandHandler<Task, TaskCommand, never>, 'handle' | 'state'>;
	readonly conversations: Pick<CommandHandler<Conversation, ConversationCommand, never>, 'handle' | 'state'>;
	readonly commands: ChatCommands;
	readonly people: Pick<IPeopleDesk, 'view'>;
	readonly index: Pick<IStreamIndex, 'list'>;
	/** Whether a person has webhooks that want events of their tasks. */
	readonly wantsEvents: (person: PersonId) => Promise<boolean>;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** Of a conversation's latest tasks, those looked at for one that is running. */
const LOOKED_AT = 3;
/** A message whose handling broke this often is given up, so that those after it get their turn. */
const MAX_FAILURES = 5;

interface Outcome extends Said {
	readonly to: Destination;
}

/**
 * MessageRouting takes messages to where they belong. Every effect can be repeated, because its ids come from the message; a
 * message has one effect on tasks, whatever else it could mean by the time a crash has it routed again.
 */
export class MessageRouting {
	readonly #deps: Dependencies;
	readonly #failures = new LRUCache<MessageId, number>({ max: 1_000 });

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** The effect comes first and the note that it was done after. */
	async route(id: ConversationId, conversation: Conversation, message: WaitingMessage): Promise<void> {
		try {
			await this.#carryOut(id, conversation, message);
			this.#failures.delete(message.messageId);
		} catch (error) {
			if (!this.#isPoisoned(message, error)) throw error;
			this.#deps.log.error('message given up', { messageId: message.messageId, error: describeError(error) });
			await this.#finish(id, message, {
				to: { kind: 'nothing' },
				say: 'I could not handle that message; something broke inside. Write it in other words, or ask the operator to look into the log.',
			});
		}
	}

	/** Nobody said what it was meant for, so it is a task of its own: it must not be lost. */
	async release(id: ConversationId, held: HeldMessage): Promise<void> {
		await this.#tell(id, await this.#letGo(id, held, 'task'));
	}

	async #letGo(
		id: ConversationId,
		{ message, taskId }: HeldMessage,
		as: 'change' | 'task',
	): Promise<ConversationCommand> {
		const { messageId } = message;
		const outcome =
			as === 'change'
				? await this.#change(id, message, taskId, message.text)
				: await this.#newTask(id, message, message.text.trim());
		await this.#say(id, message, outcome);
		return { type: 'ReleaseHeldMessage', at: this.#now(), messageId, to: outcome.to };
	}

	async #carryOut(id: ConversationId, conversation: Conversation, message: WaitingMessage): Promise<void> {
		const asking = await this.#withoutWithdrawn(conversation);
		const route = routeMessage(asking, message, await this.#running(conversation, message));
		const { held } = conversation;
		const released =
			held === undefined || route.kind === 'command'
				? []
				: [await this.#letGo(id, held, route.kind === 'release' ? route.as : 'task')];
		await this.#finish(id, message, await this.#follow(id, message, route), released);
	}

	/** A task that was stopped a moment ago asks nothing any more, though this conversation may not have heard of it yet. */
	async #withoutWithdrawn(conversation: Conversation): Promise<Conversation> {
		const asked = await Promise.all(
			conversation.openQuestions.map(async (one) => {
				const task = await this.#deps.tasks.state(taskStream(one.taskId));
				return task?.questions[one.question.id]?.status === 'withdrawn' ? [] : [one];
			}),
		);
		return { ...conversation, openQuestions: asked.flat() };
	}

	/** What became of a held message is noted in one append with the message that settled it: after that, its words mean something else. */
	async #finish(
		id: ConversationId,
		message: WaitingMessage,
		outcome: Outcome,
		before: readonly ConversationCommand[] = [],
	): Promise<void> {
		await this.#say(id, message, outcome);
		const routed = { type: 'RouteMessage', at: this.#now(), messageId: message.messageId, to: outcome.to } as const;
		await Promise.all([...before, routed].map((command) => this.#tell(id, command)));
	}

	async #follow(id: ConversationId, message: WaitingMessage, route: Route): Promise<Outcome> {
		switch (route.kind) {
			case 'task':
				return this.#newTask(id, message, route.goal);
			case 'change':
				return this.#change(id, message, route.taskId, route.words);
			case 'ask-which':
				return this.#hold(id, message, route.taskId);
			case 'release':
				return { to: { kind: 'command', name: 'which' } };
			case 'answer':
				return this.#answer(message, route.taskId, route.questionId, route.answer);
			case 'answer-elsewhere':
				return this.#answerElsewhere(id, message, route);
			case 'command':
				return { to: { kind: 'command', name: route.name }, ...(await this.#deps.commands.run(id, message, route)) };
			case 'unclear':
				return { to: { kind: 'nothing' }, say: route.text };
		}
	}

	async #newTask(id: ConversationId, message: WaitingMessage, goal: string): Promise<Outcome> {
		const role = await this.#roleOf(message.person);
		const { say } = await this.#refuseMore(id, message, role);
		if (say !== undefined) return { to: { kind: 'nothing' }, say };
		const made = await this.#submit(id, message, { goal, attachments: message.attachments, role });
		return { to: made === undefined ? { kind: 'nothing' } : { kind: 'task', taskId: made.id } };
	}

	/** What became a task before a crash is one. */
	async #refuseMore(id: ConversationId, { person, seq }: WaitingMessage, role: Role): Promise<Said> {
		if (role !== 'guest') return {};
		if ((await this.#deps.tasks.state(taskStream(derivedTaskId(id, seq)))) !== undefined) return {};
		return attempt(() => refuseMoreOfGuests({ person, role }, this.#deps.index));
	}

	/** The changed task takes the place of the running one; what that has read already comes from the cache. */
	async #change(id: ConversationId, message: WaitingMessage, running: TaskId, words: string): Promise<Outcome> {
		const task = await this.#deps.tasks.state(taskStream(running));
		if (task === undefined || task.person !== message.person) return this.#newTask(id, message, words);
		const goal = changedGoal(task.goal, words);
		const attachments = [...task.attachments, ...message.attachments];
		const role = await this.#roleOf(message.person);
		const made = await this.#submit(id, message, { goal, attachments, origins: task.origins, role });
		if (made === undefined) return { to: { kind: 'nothing' } };
		const { id: taskId } = made;
		// The message became a task of its own before, which takes the place of none.
		if (made.goal !== goal) return { to: { kind: 'task', taskId } };
		for (const conversation of task.followers) {
			await this.#steer(taskId, { type: 'FollowTask', at: this.#now(), conversation, by: message.person });
		}
		const reason = 'It goes on as a new task, with what you added.';
		await this.#steer(running, { type: 'CancelTask', at: this.#now(), by: 'change', reason });
		const say = 'Changed. I start over with what you added; what was read already is not read again.';
		return { to: { kind: 'task', taskId, replaces: running }, say };
	}

	async #hold(id: ConversationId, message: WaitingMessage, taskId: TaskId): Promise<Outcome> {
		const task = await this.#deps.tasks.state(taskStream(taskId));
		const question = heldQuestion(task?.goal ?? '', asQuestionId(`which-${message.messageId}`));
		const reply: ReplyBody = {
			id: asReplyId(`${message.messageId}.which`),
			kind: 'question',
			text: question.text,
			question,
			to: message.person,
			inReplyTo: message.platformMessageId,
		};
		await this.#record(id, reply);
		return { to: { kind: 'held', taskId, question, replyId: reply.id } };
	}

	#steer(task: TaskId, command: TaskCommand): Promise<Said> {
		return attempt(() => this.#deps.tasks.handle(taskStream(task), command));
	}

	async #answer(message: Message, taskId: TaskId, questionId: QuestionId, answer: Json): Promise<Outcome> {
		const command = { type: 'AnswerQuestion', at: this.#now(), questionId, answer, by: message.person } as const;
		let isRepeat = false;
		const said = await attempt(async () => {
			const { duplicateOf } = await this.#deps.tasks.handle(taskStream(taskId), command, effectKey(message));
			isRepeat = duplicateOf !== undefined;
		});
		// It answered another question, or became a task, before a crash.
		if (isRepeat) return { to: { kind: 'nothing' } };
		if (said.say !== undefined && (await this.#waitsFor(taskId, questionId)))
			return { to: { kind: 'nothing' }, ...said };
		const words = message.secret === undefined ? { words: answerWords(answer) } : {};
		return { to: { kind: 'answer', taskId, questionId, ...words }, ...said };
	}

	/** An answer that was refused, for its length perhaps, leaves its question open. */
	async #waitsFor(taskId: TaskId, questionId: QuestionId): Promise<boolean> {
		const task = await this.#deps.tasks.state(taskStream(taskId));
		return task !== undefined && openQuestions(task).some(({ id }) => id === questionId);
	}

	/** A bare answer where nothing was asked is meant for what was asked elsewhere, if that is one question. */
	async #answerElsewhere(
		id: ConversationId,
		message: WaitingMessage,
		{ text, number }: Extract<Route, { kind: 'answer-elsewhere' }>,
	): Promise<Outcome> {
		const waiting = await this.#deps.commands.waiting(message);
		const asked = waiting.flatMap((task) => openQuestions(task).map((question) => ({ taskId: task.id, question })));
		const [first, ...more] = asked;
		if (first === undefined) {
			const isCommand = message.text.trim().startsWith('/');
			if (isCommand) return { to: { kind: 'nothing' }, say: 'No question is open.' };
			return this.#newTask(id, message, text.trim());
		}
		if (more.length > 0) {
			const say = 'Several questions are open, asked elsewhere. `/questions` asks them here.';
			return { to: { kind: 'nothing' }, say };
		}
		const words = text === '' ? String(number ?? '') : text;
		// What was not known to be a secret when it arrived stands in the history already: it is not taken as one.
		const answer = readAnswer(first.question, { ...message, text: words, secret: undefined });
		if (answer !== undefined) return this.#answer(message, first.taskId, first.question.id, answer);
		return { to: { kind: 'nothing' }, say: 'That does not fit the open question. `/questions` asks it here.' };
	}

	async #running({ tasks }: Conversation, { person }: Message): Promise<RunningTask[]> {
		const latest = tasks.slice(-LOOKED_AT);
		const states = await Promise.all(latest.map((task) => this.#deps.tasks.state(taskStream(task))));
		return states.flatMap((task) =>
			task === undefined || task.end !== undefined || task.person !== person
				? []
				: [{ taskId: task.id, goal: task.goal }],
		);
	}

	/** The task a message became; undefined when it answered a question before a crash. */
	async #submit(
		conversation: ConversationId,
		message: WaitingMessage,
		{ goal, attachments, origins, role }: Pick<Task, 'goal' | 'attachments' | 'origins'> & { readonly role: Role },
	): Promise<Task | undefined> {
		const { seq, person, platformMessageId } = message;
		const taskId = derivedTaskId(conversation, seq);
		const command = {
			type: 'SubmitTask',
			at: this.#now(),
			taskId,
			goal,
			person,
			conversation,
			inReplyTo: platformMessageId,
			attachments,
			...(origins === undefined ? {} : { origins }),
			approve: false,
			budget: budgetFor(role),
			...((await this.#deps.wantsEvents(person)) ? { announced: true } : {}),
		} as const;
		return (await this.#deps.tasks.handle(taskStream(taskId), command, effectKey(message))).state;
	}

	async #roleOf(person: PersonId): Promise<Role> {
		return (await this.#deps.people.view(person))?.role ?? 'guest';
	}

	async #say(id: ConversationId, message: WaitingMessage, { say }: Said): Promise<void> {
		if (say === undefined) return;
		await this.#record(id, {
			id: asReplyId(`${message.messageId}.reply`),
			kind: 'notice',
			text: say,
			to: message.person,
			inReplyTo: message.platformMessageId,
		});
	}

	async #record(id: ConversationId, reply: ReplyBody): Promise<void> {
		const command = { type: 'RecordReply', at: this.#now(), reply } as const;
		await this.#deps.conversations.handle(conversationStream(id), command, replyKey(id, reply));
	}

	async #tell(id: ConversationId, command: ConversationCommand): Promise<void> {
		await this.#deps.conversations.handle(conversationStream(id), command);
	}

	#isPoisoned({ messageId }: WaitingMessage, error: unknown): boolean {
		if (isCoreError(error, 'disk-full')) return false;
		const failures = (this.#failures.get(messageId) ?? 0) + 1;
		if (failures < MAX_FAILURES) this.#failures.set(messageId, failures);
		else this.#failures.delete(messageId);
		return failures >= MAX_FAILURES;
	}

	#now(): number {
		return this.#deps.clock.now();
	}
}

function effectKey({ messageId }: Pick<Message, 'messageId'>): string {
	return `effect:${messageId}`;
}

/** The same message always becomes the same task. */
function derivedTaskId(conversation: ConversationId, seq: number): TaskId {
	const hash = createHash('sha256').update(`${conversation}/${seq}`).digest('hex');
	return asTaskId(hash.slice(0, 20));
}
