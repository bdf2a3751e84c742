import type { ConversationCommand } from '../../domain/conversation/commands.ts';
import type { Route } from '../../domain/conversation/route-message.ts';
import type { Conversation, WaitingMessage } from '../../domain/conversation/state.ts';
import { type ConversationId, conversationStream, type TaskId, taskStream } from '../../domain/ids.ts';
import type { TaskCommand } from '../../domain/task/commands.ts';
import { openQuestions, type Task } from '../../domain/task/state.ts';
import type { IClock } from '../../ports/clock.ts';
import { type BacklogCommandName, isBacklogCommand, runBacklogCommand } from '../backlogs/backlog-commands.ts';
import { type ClusterCommandName, isClusterCommand, runClusterCommand } from '../cluster/cluster-commands.ts';
import { attempt } from '../commands/attempt.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { IBacklogDesk } from '../desks/backlog.ts';
import type { IClusterDesk } from '../desks/cluster.ts';
import type { Principal } from '../desks/desk.ts';
import type { IMemoryDesk } from '../desks/memory.ts';
import type { IModelDesk } from '../desks/models.ts';
import type { IPeopleDesk } from '../desks/people.ts';
import type { IScheduleDesk } from '../desks/schedules.ts';
import type { ISkillDesk } from '../desks/skills.ts';
import type { IWorkflowDesk } from '../desks/workflows.ts';
import { isMemoryCommand, type MemoryCommandName, runMemoryCommand } from '../memories/memory-commands.ts';
import { isModelCommand, type ModelCommandName, runModelCommand } from '../models/model-commands.ts';
import { isPeopleCommand, type PeopleCommandName, runPeopleCommand } from '../people/people-commands.ts';
import { questionReply } from '../render/report.ts';
import { commandHelpReply, type NumberedTaskState, statusReply, tasksReply } from '../render/status.ts';
import { isScheduleCommand, runScheduleCommand, type ScheduleCommandName } from '../schedules/schedule-commands.ts';
import { runSkillCommand } from '../skills/skill-commands.ts';
import type { TaskNumbers } from '../tasks/task-numbers.ts';
import { isWorkflowCommand, runWorkflowCommand, type WorkflowCommandName } from '../workflows/workflow-commands.ts';
import { replyKey } from './reply-delivery.ts';

interface Dependencies {
	readonly tasks: Pick<CommandHandler<Task, TaskCommand, never>, 'handle' | 'state'>;
	readonly conversations: Pick<CommandHandler<Conversation, ConversationCommand, never>, 'handle'>;
	readonly numbers: TaskNumbers;
	readonly people: IPeopleDesk;
	readonly cluster: IClusterDesk | undefined;
	readonly memory: IMemoryDesk;
	readonly models: IModelDesk;
	readonly backlogs: IBacklogDesk;
	readonly schedules?: IScheduleDesk | undefined;
	readonly skills?: ISkillDesk | undefined;
	readonly workflows: IWorkflowDesk;
	/** A link that logs somebody in once, and from where they asked; undefined where no page is served. */
	readonly loginLink: ((principal: Principal, from: string) => string) | undefined;
	/** Ends all logins of somebody's page; resolves with how many. Undefined where no page is served. */
	readonly logOutAll: ((principal: Principal) => Promise<number>) | undefined;
	readonly clock: IClock;
}

/** Tasks that a list shows, and among which the latest open one is looked for. */
const LATEST = 20;

/** Said is what a person is told, if anything. */
export interface Said {
	readonly say?: string | undefined;
}

/** ChatCommands carries out what people write with a slash; every change can be made twice, because a crash may repeat it. */
export class ChatCommands {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	async run(id: ConversationId, message: WaitingMessage, route: Extract<Route, { kind: 'command' }>): Promise<Said> {
		const { name } = route;
		if (isClusterCommand(name)) return { say: await this.#cluster(message, name, wordsOf(route)) };
		if (isPeopleCommand(name)) return { say: await this.#people(id, message, name, route) };
		if (isWorkflowCommand(name, wordsOf(route)))
			return { say: await this.#workflow(id, message, name, wordsOf(route)) };
		if (isBacklogCommand(name)) return { say: await this.#backlog(id, message, name, wordsOf(route)) };
		if (isScheduleCommand(name)) return { say: await this.#schedules(id, message, name, wordsOf(route)) };
		if (isMemoryCommand(name)) return { say: await this.#memory(message, name, wordsOf(route)) };
		if (isModelCommand(name)) return { say: await this.#models(message, name, wordsOf(route)) };
		switch (name) {
			case 'skills':
				return { say: await runSkillCommand(this.#deps.skills, await this.#principal(message), wordsOf(route)) };
			case 'help':
				return { say: commandHelpReply({ owner: (await this.#principal(message)).role === 'owner' }) };
			case 'login':
				return { say: await this.#login(message) };
			case 'logout':
				return { say: await this.#logout(message) };
			case 'tasks':
				return { say: tasksReply(await this.#latest(message)) };
			case 'questions':
				return this.#askAgain(id, message);
			default:
				return this.#aboutTask(id, message, name, route.number);
		}
	}

	/** The person's tasks that wait for an answer, latest first. */
	async waiting({ person }: Pick<WaitingMessage, 'person'>): Promise<Task[]> {
		const latest = await this.#latest({ person });
		return latest.flatMap(({ task }) => (openQuestions(task).length > 0 ? task : []));
	}

	async #aboutTask(
		id: ConversationId,
		message: WaitingMessage,
		name: 'status' | 'cancel' | 'retry' | 'follow' | 'unfollow',
		number: number | undefined,
	): Promise<Said> {
		const entry = await this.#named(message, number, name);
		if (entry === undefined) {
			const which = number === undefined ? 'no task yet' : `no task ${number} of yours`;
			return { say: `There is ${which}. \`/tasks\` lists the latest ones.` };
		}
		const { task } = entry;
		const by = message.person;
		const at = this.#deps.clock.now();
		switch (name) {
			case 'status':
				return { say: statusReply(entry) };
			case 'cancel':
				if (task.end !== undefined) return { say: `Task ${entry.number} is already ${task.end.status}.` };
				return this.#steer(task.id, { type: 'CancelTask', at, by, reason: 'You asked for it.' });
			case 'retry':
				return this.#steer(task.id, { type: 'RetryTask', at, by });
			case 'follow':
				return this.#follow(id, entry, message);
			case 'unfollow': {
				if (task.conversation === id) return { say: `Task ${entry.number} was given here, so it is told here.` };
				await this.#unfollow(id, task);
				return { say: `I will not tell you about task ${entry.number} here any more.` };
			}
		}
	}

	async #follow(id: ConversationId, entry: NumberedTaskState, message: WaitingMessage): Promise<Said> {
		const { task, number } = entry;
		const at = this.#deps.clock.now();
		const refused = await this.#steer(task.id, { type: 'FollowTask', at, conversation: id, by: message.person });
		if (refused.say !== undefined) return refused;
		await this.#ask(id, [task], message);
		const ended = task.end === undefined ? '' : ' It has ended already.';
		return { say: `${statusReply(entry)}\n\nI will tell you here about task ${number}.${ended}` };
	}

	/** What it asked here is not waited for any more; elsewhere it stays open. */
	async #unfollow(id: ConversationId, task: Task): Promise<void> {
		await this.#steer(task.id, { type: 'UnfollowTask', at: this.#deps.clock.now(), conversation: id });
		for (const { id: questionId } of openQuestions(task)) {
			const closing = {
				type: 'CloseQuestion',
				taskId: task.id,
				questionId,
				outcome: 'Not asked here any more.',
			} as const;
			await this.#deps.conversations.handle(conversationStream(id), { ...closing, at: this.#deps.clock.now() });
		}
	}

	async #askAgain(id: ConversationId, message: WaitingMessage): Promise<Said> {
		const waiting = await this.waiting(message);
		if (waiting.length === 0) return { say: 'No question is open.' };
		await this.#ask(id, waiting, message);
		const asked = waiting.flatMap(openQuestions);
		return { say: ['Open questions:', '', ...asked.map(({ text }) => `- ${text}`)].join('\n') };
	}

	/** Asks here what is open elsewhere; what was asked here already is not asked again. Who is asked hears how it goes on. */
	async #ask(id: ConversationId, tasks: readonly Task[], { person: by }: WaitingMessage): Promise<void> {
		for (const task of tasks) {
			await this.#steer(task.id, { type: 'FollowTask', at: this.#deps.clock.now(), conversation: id, by });
			for (const question of openQuestions(task)) {
				const reply = questionReply(task, question);
				const command = { type: 'RecordReply', at: this.#deps.clock.now(), reply } as const;
				await this.#deps.conversations.handle(conversationStream(id), command, replyKey(id, reply));
			}
		}
	}

	async #people(
		id: ConversationId,
		message: WaitingMessage,
		name: PeopleCommandName,
		route: Extract<Route, { kind: 'command' }>,
	): Promise<string> {
		const principal = await this.#principal(message);
		const direct = message.shared !== true;
		return runPeopleCommand(this.#deps.people, principal, { name, rest: wordsOf(route), conversation: id, direct });
	}

	async #cluster(message: WaitingMessage, name: ClusterCommandName, rest: string): Promise<string> {
		const { cluster } = this.#deps;
		const call = { name, rest, direct: message.shared !== true };
		return runClusterCommand(cluster, await this.#principal(message), call);
	}

	async #backlog(
		conversation: ConversationId,
		message: WaitingMessage,
		name: BacklogCommandName,
		rest: string,
	): Promise<string> {
		return runBacklogCommand(this.#deps.backlogs, await this.#principal(message), { name, rest, conversation });
	}

	async #workflow(
		conversation: ConversationId,
		message: WaitingMessage,
		name: WorkflowCommandName,
		rest: string,
	): Promise<string> {
		const principal = await this.#principal(message);
		const { messageId } = message;
		const taskOf = (number: number) => this.#deps.numbers.find(message.person, number);
		return runWorkflowCommand(this.#deps.workflows, principal, { name, rest, conversation, messageId, taskOf });
	}

	async #schedules(
		conversation: ConversationId,
		message: WaitingMessage,
		name: ScheduleCommandName,
		rest: string,
	): Promise<string> {
		const call = { name, rest, conversation, messageId: message.messageId };
		return runScheduleCommand(this.#deps.schedules, await this.#principal(message), call);
	}

	async #memory(message: WaitingMessage, name: MemoryCommandName, rest: string): Promise<string> {
		const call = { name, rest, messageId: message.messageId, direct: message.shared !== true };
		return runMemoryCommand(this.#deps.memory, await this.#principal(message), call);
	}

	async #models(message: WaitingMessage, name: ModelCommandName, rest: string): Promise<string> {
		const call = { name, rest, direct: message.shared !== true, now: this.#deps.clock.now() };
		return runModelCommand(this.#deps.models, await this.#principal(message), call);
	}

	async #login(message: WaitingMessage): Promise<string> {
		if (message.shared === true) return 'Others can read this. Write me `/login` privately.';
		const link = this.#deps.loginLink?.(await this.#principal(message), message.frontend);
		return link === undefined
			? 'This server has no page.'
			: `This link logs you in once, within ten minutes:\n\n${link}`;
	}

	async #logout(message: WaitingMessage): Promise<string> {
		const ended = await this.#deps.logOutAll?.(await this.#principal(message));
		if (ended === undefined) return 'This server has no page.';
		const what = ended === 0 ? 'You were logged in nowhere' : `Ended ${ended === 1 ? 'one login' : `${ended} logins`}`;
		return `${what}; login links you did not use yet are void. \`/login\` gives a new one.`;
	}

	async #principal({ person }: WaitingMessage): Promise<Principal> {
		const view = await this.#deps.people.view(person);
		return { person, role: view?.role ?? 'guest' };
	}

	/** The task with this number; without one the latest that the command can do something with. */
	async #named(message: WaitingMessage, number: number | undefined, name: string) {
		if (number !== undefined) {
			const taskId = await this.#deps.numbers.find(message.person, number);
			const task = taskId === undefined ? undefined : await this.#state(taskId);
			return task === undefined ? undefined : { number, task };
		}
		const latest = await this.#latest(message);
		const open = name === 'retry' ? undefined : latest.find(({ task }) => isMeant(task, message));
		return open ?? latest[0];
	}

	async #latest({ person }: Pick<WaitingMessage, 'person'>): Promise<NumberedTaskState[]> {
		const numbered = await this.#deps.numbers.latest(person, LATEST);
		const found = await Promise.all(
			numbered.map(async ({ number, id }) => {
				const task = await this.#state(id);
				return task === undefined ? [] : [{ number, task }];
			}),
		);
		return found.flat();
	}

	#state(task: TaskId): Promise<Task | undefined> {
		return this.#deps.tasks.state(taskStream(task));
	}

	#steer(taskId: TaskId, command: TaskCommand): Promise<Said> {
		return attempt(() => this.#deps.tasks.handle(taskStream(taskId), command));
	}
}

/** Everything after the command, the number too that a command about tasks would take for one. */
function wordsOf({ number, rest }: Extract<Route, { kind: 'command' }>): string {
	return [number, rest].filter((part) => part !== undefined && part !== '').join(' ');
}

/** One that runs, or that this very message stopped before a crash: carried out again, it must not stop another one. */
function isMeant({ end }: Task, message: WaitingMessage): boolean {
	return end === undefined || (end.status === 'cancelled' && end.at >= message.at && end.by === message.person);
}
