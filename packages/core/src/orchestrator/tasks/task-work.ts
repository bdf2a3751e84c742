import type { ConversationCommand } from '../../domain/conversation/commands.ts';
import type { Conversation } from '../../domain/conversation/state.ts';
import { isCoreError } from '../../domain/errors.ts';
import {
	asTaskId,
	conversationStream,
	type PersonId,
	type StreamId,
	type TaskId,
	taskStream,
} from '../../domain/ids.ts';
import type { TaskCommand } from '../../domain/task/commands.ts';
import type { TaskWork } from '../../domain/task/pending-work.ts';
import type { Report, Task } from '../../domain/task/state.ts';
import type { IEventBus } from '../../ports/event-bus.ts';
import type { FoundMemory } from '../../ports/memory.ts';
import type { IPlanAdmission } from '../../ports/plan-admission.ts';
import type { EarlierTask, IPlanner, PlanRequest } from '../../ports/planner.ts';
import type { ISessionPool } from '../../ports/session-pool.ts';
import type { SkillText } from '../../ports/skill-files.ts';
import type { BeginningsFirst } from '../commands/beginnings-first.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import { earlierGoals, earlierTasks } from './earlier-tasks.ts';
import { planTask } from './plan-task.ts';
import { type StepJobParts, StepJobs } from './step-jobs.ts';

interface Dependencies extends StepJobParts {
	readonly tasks: Pick<CommandHandler<Task, TaskCommand, never>, 'handle' | 'state'>;
	readonly conversations: Pick<CommandHandler<Conversation, ConversationCommand, never>, 'state'>;
	readonly bus: IEventBus;
	readonly planner: IPlanner;
	readonly admission: IPlanAdmission;
	readonly sessions: ISessionPool;
	readonly beginnings: Pick<BeginningsFirst, 'goOn' | 'stop'>;
	/** Tells conversations and webhooks, once however often it is called; resolves when that is durable. */
	readonly report: (task: Task, report: Report) => Promise<void>;
	/** What is remembered of a person; see `IMemoryDesk`. */
	readonly recall?: ((person: PersonId, text: string, limit: number) => Promise<readonly FoundMemory[]>) | undefined;
	/** The operator's instructions that suit a goal; it never rejects. */
	readonly skills?: ((goal: string) => Promise<readonly SkillText[]>) | undefined;
}

/** TaskWorker carries out what tasks are owed; every result comes back as a command. */
export class TaskWorker {
	readonly #deps: Dependencies;
	readonly #jobs: StepJobs;
	/** Runs that hold back, for nobody waits for them. */
	readonly #held = new Set<string>();
	readonly #planning = new Map<string, AbortController>();

	constructor(deps: Dependencies) {
		this.#deps = deps;
		this.#jobs = new StepJobs({ ...deps, tell: (task, command) => this.#tell(task, command) });
	}

	carryOut(work: TaskWork, task: Task): Promise<void> {
		switch (work.kind) {
			case 'plan':
				return this.#plan(task);
			case 'run':
				return this.#run(task, work);
			case 'approve-effect':
				return this.#jobs.requestApproval(task, work.stepId);
			case 'report':
				return this.#report(task, work.report);
			case 'close-sessions':
				return this.#closeSessions(task);
			case 'pass-time':
				return this.#tell(task, { type: 'PassTime', at: this.#now() });
			case 'check-deadline':
				return this.#tell(task, { type: 'CheckDeadline', at: this.#now() });
			case 'wait':
				return Promise.resolve();
		}
	}

	/** What was owed is so no longer. */
	dropped(work: TaskWork, task: Task): void {
		if (work.kind === 'plan') this.#planning.get(task.id)?.abort();
		if (work.kind !== 'run') return;
		this.#held.delete(heldKey(task.id, work));
		this.#jobs.dropped(task, work);
	}

	/** Another process waits for the job from now on, and makes the plan anew. */
	released(stream: StreamId, work: TaskWork): void {
		const taskId = asTaskId(stream.slice('task-'.length));
		if (work.kind === 'plan') this.#planning.get(taskId)?.abort();
		if (work.kind !== 'run') return;
		this.#held.delete(heldKey(taskId, work));
		this.#jobs.released(taskId, work);
	}

	/** Gives up plans under way: a model may take minutes. They stay owed, and are made anew at the next start. */
	stop(): void {
		this.#jobs.stop();
		this.#deps.beginnings.stop();
		for (const wanted of this.#planning.values()) wanted.abort();
	}

	async #run(task: Task, work: Extract<TaskWork, { kind: 'run' }>): Promise<void> {
		if (task.unhurried !== true || work.started) return this.#jobs.run(task, work);
		const key = heldKey(task.id, work);
		this.#held.add(key);
		await this.#deps.beginnings.goOn();
		if (!this.#held.delete(key)) return;
		// Its plan may have been edited meanwhile.
		const now = await this.#deps.tasks.state(taskStream(task.id));
		if (now !== undefined) await this.#jobs.run(now, work);
	}

	async #plan(task: Task): Promise<void> {
		const wanted = new AbortController();
		this.#planning.set(task.id, wanted);
		try {
			const earlier = await this.#earlier(task);
			const command = await planTask(
				{ task, earlier, recall: this.#recallFor(task), skills: this.#deps.skills, signal: wanted.signal },
				this.#deps,
			);
			// What came of a plan that was given up is no failure: it is made anew where it is still owed.
			if (!wanted.signal.aborted) await this.#tell(task, command);
		} finally {
			if (this.#planning.get(task.id) === wanted) this.#planning.delete(task.id);
		}
	}

	/** A stranger's words call up nothing of a person's. */
	#recallFor({ person, goal, origins = [] }: Task): PlanRequest['recall'] {
		const { recall } = this.#deps;
		if (recall === undefined || origins.length > 0) return undefined;
		return (limit) => recall(person, goal, limit);
	}

	async #earlier(task: Task): Promise<readonly EarlierTask[]> {
		const { conversation, id } = task;
		if (conversation === undefined) return earlierGoals(task);
		// A stranger's words are planned for themselves.
		if ((task.origins?.length ?? 0) > 0) return [];
		const state = await this.#deps.conversations.state(conversationStream(conversation));
		return state === undefined ? [] : await earlierTasks(state, id, this.#deps.tasks);
	}

	async #report(task: Task, report: Report): Promise<void> {
		await this.#deps.report(task, report);
		await this.#tell(task, { type: 'HandOverReport', at: this.#now(), report: report.seq });
	}

	async #closeSessions(task: Task): Promise<void> {
		await this.#deps.sessions.closeAll(task.id, { keepState: task.end?.status === 'failed' });
		await this.#tell(task, { type: 'CloseSessions', at: this.#now() });
	}

	async #tell(task: Task, command: TaskCommand): Promise<void> {
		try {
			await this.#deps.tasks.handle(taskStream(task.id), command);
		} catch (error) {
			// The task has moved on while this was under way; its next look decides anew.
			if (!isCoreError(error, 'stale-outcome')) throw error;
		}
	}

	#now(): number {
		return this.#deps.clock.now();
	}
}

function heldKey(task: TaskId, { key }: TaskWork): string {
	return `${task} ${key}`;
}
