import type { ConversationCommand } from '../../domain/conversation/commands.ts';
import { frontendOf } from '../../domain/conversation/places.ts';
import type { ReplyBody } from '../../domain/conversation/reply.ts';
import type { Conversation, SentReply } from '../../domain/conversation/state.ts';
import { asTaskId, type ConversationId, conversationStream, type TaskId, taskStream } from '../../domain/ids.ts';
import type { TaskCommand } from '../../domain/task/commands.ts';
import type { Task } from '../../domain/task/state.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IEventBus } from '../../ports/event-bus.ts';
import type { IFrontend } from '../../ports/frontend.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import { progressText } from '../render/progress.ts';

interface Dependencies {
	readonly tasks: Pick<CommandHandler<Task, TaskCommand, never>, 'state'>;
	readonly conversations: Pick<CommandHandler<Conversation, ConversationCommand, never>, 'state'>;
	readonly frontend: (name: string) => IFrontend | undefined;
	readonly bus: IEventBus;
	readonly clock: IClock;
}

/** Standing is a progress message that is kept up to date. */
interface Standing extends SentReply {
	readonly conversation: ConversationId;
	shown: string;
	/** Something has happened since it was edited last. */
	stale: boolean;
	/** Settles once the edit under way is over. */
	editing: Promise<void> | undefined;
	failures: number;
	callOff: (() => void) | undefined;
}

interface Told {
	readonly standing: Map<ConversationId, Standing>;
	/** The last words of running steps. */
	readonly words: Map<string, string>;
	/** Resolves with the way to stop hearing of the task from other processes. */
	readonly attending: Promise<() => void>;
}

/** A message that could not be edited this often in a row is left as it is. */
const MAX_FAILURES = 5;
const MAX_WORDS = 80;

/**
 * ProgressTeller keeps progress messages up to date while their tasks run: each is edited in place, no faster than its
 * platform likes. It holds nothing that matters: what a message says at the end is owed by its conversation.
 */
export class ProgressTeller {
	readonly #deps: Dependencies;
	readonly #tasks = new Map<TaskId, Told>();
	readonly #unsubscribe: readonly (() => void)[];

	constructor(deps: Dependencies) {
		this.#deps = deps;
		this.#unsubscribe = [
			deps.bus.subscribe('facts', ({ stream }) => {
				if (this.#tasks.size === 0 || !stream.startsWith('task-')) return;
				this.#happened(asTaskId(stream.slice('task-'.length)));
			}),
			deps.bus.subscribe('progress', ({ taskId, stepId, percent, text }) => {
				const told = this.#tasks.get(taskId);
				if (told === undefined) return;
				const words = [percent === undefined ? '' : `${Math.round(percent)} %`, text ?? ''].filter(Boolean).join(' ');
				if (words === '') return;
				told.words.set(stepId, words.slice(0, MAX_WORDS));
				this.#happened(taskId);
			}),
		];
	}

	/** A progress message was sent and may be edited from now on. */
	stands(conversation: ConversationId, sent: SentReply): void {
		const { taskId, text } = sent.reply;
		const limits = this.#deps.frontend(frontendOf(conversation))?.limits;
		if (taskId === undefined || limits?.edits !== true || limits.editsPerSecond <= 0) return;
		const told = this.#tasks.get(taskId) ?? this.#beginToTell(taskId);
		if (told.standing.has(conversation)) return;
		this.#tasks.set(taskId, told);
		told.standing.set(conversation, {
			...sent,
			conversation,
			shown: text,
			stale: false,
			editing: undefined,
			failures: 0,
			callOff: undefined,
		});
		this.#happened(taskId);
	}

	/** A progress message is no longer kept up to date. Resolves once no edit is under way that could land after this. */
	async ends(conversation: ConversationId, { id, taskId }: Pick<ReplyBody, 'id' | 'taskId'>): Promise<void> {
		const standing = taskId === undefined ? undefined : this.#tasks.get(taskId)?.standing.get(conversation);
		if (taskId === undefined || standing?.reply.id !== id) return;
		this.#forget(taskId, standing);
		await standing.editing;
	}

	stop(): void {
		for (const off of this.#unsubscribe) off();
		for (const [id, { standing }] of [...this.#tasks]) for (const one of [...standing.values()]) this.#forget(id, one);
	}

	#beginToTell(id: TaskId): Told {
		return { standing: new Map(), words: new Map(), attending: this.#deps.bus.attend(taskStream(id)) };
	}

	#happened(id: TaskId): void {
		for (const standing of this.#tasks.get(id)?.standing.values() ?? []) {
			standing.stale = true;
			this.#schedule(id, standing);
		}
	}

	#schedule(id: TaskId, standing: Standing): void {
		if (standing.callOff !== undefined || standing.editing !== undefined || standing.failures >= MAX_FAILURES) return;
		const perSecond = this.#deps.frontend(frontendOf(standing.conversation))?.limits.editsPerSecond ?? 1;
		const gapMs = (1_000 / perSecond) * 2 ** standing.failures;
		standing.callOff = this.#deps.clock.after(gapMs, () => {
			standing.callOff = undefined;
			standing.editing = this.#edit(id, standing).finally(() => {
				standing.editing = undefined;
				if (standing.stale && this.#tasks.get(id)?.standing.get(standing.conversation) === standing) {
					this.#schedule(id, standing);
				}
			});
		});
	}

	async #edit(id: TaskId, standing: Standing): Promise<void> {
		standing.stale = false;
		try {
			const [task, conversation] = await Promise.all([
				this.#deps.tasks.state(taskStream(id)),
				this.#deps.conversations.state(conversationStream(standing.conversation)),
			]);
			const isOwed = conversation?.progress.some(({ reply }) => reply.id === standing.reply.id) ?? false;
			if (task === undefined || task.end !== undefined || !isOwed) return this.#forget(id, standing);
			const text = progressText(task, this.#tasks.get(id)?.words ?? new Map());
			if (text !== standing.shown) await this.#revise(standing, text);
			standing.failures = 0;
		} catch {
			standing.failures += 1;
			standing.stale = standing.failures < MAX_FAILURES;
		}
	}

	async #revise(standing: Standing, text: string): Promise<void> {
		const { conversation, receipt, reply, seq } = standing;
		const frontend = this.#deps.frontend(frontendOf(conversation));
		if (frontend === undefined) throw new Error('not running');
		await frontend.revise(receipt, { ...reply, text, conversation, seq });
		standing.shown = text;
	}

	#forget(id: TaskId, { conversation, callOff }: Standing): void {
		callOff?.();
		const told = this.#tasks.get(id);
		told?.standing.delete(conversation);
		if (told?.standing.size !== 0) return;
		this.#tasks.delete(id);
		void told.attending.then((stop) => stop());
	}
}
