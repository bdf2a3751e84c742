import type { Effects, StepFailure } from '../domain/capability.ts';
import type { PersonId, StepId, TaskId } from '../domain/ids.ts';
import type { Json } from '../domain/json.ts';
import type { LossCause, Usage } from '../domain/task/facts.ts';
import type { QuestionDraft } from '../domain/task/question.ts';

/** Job is one queued attempt of a step. Its input is resolved: no references left in it. */
export interface Job {
	/** `<taskId>.<stepId>.<attempt>`: a second enqueue of the same id is the same job. */
	readonly id: string;
	readonly taskId: TaskId;
	readonly stepId: StepId;
	readonly attempt: number;
	readonly capability: string;
	readonly input: Json;
	/** A run is stopped this long (ms) after it started. */
	readonly timeoutMs: number;
	readonly person: PersonId;
	/** Answers to the questions this step asked before, by question text, in the order asked. */
	readonly answers: readonly { readonly question: string; readonly answer: Json }[];
	/** Origins of untrusted content in the input. */
	readonly origins: readonly string[];
	/** What the run may do to the world, as planned. */
	readonly effects: Effects;
	/** What the run may cost before the person is asked. */
	readonly allowance: Usage;
	/** Must not share the host with another run: it may have killed a server before. */
	readonly alone: boolean;
	/** Of two that wait, the higher goes first within one person's; 0 where nothing is said. */
	readonly priority?: number | undefined;
}

/** RunOutcome is how one run of a job ended; `usage` is what it cost, if it cost anything. */
export type RunOutcome = (
	| {
			readonly kind: 'completed';
			readonly output: Json;
			readonly origins: readonly string[];
			readonly cached?: boolean | undefined;
	  }
	| { readonly kind: 'failed'; readonly failure: StepFailure }
	| { readonly kind: 'asked'; readonly questions: readonly QuestionDraft[] }
	/** `words` say which budget was used up, where that was the cause. */
	| {
			readonly kind: 'lost';
			readonly cause: Exclude<LossCause, 'server-died'>;
			readonly words?: string | undefined;
	  }
) & { readonly usage?: Usage | undefined };

/** RunReport tells the orchestrator about one run; `run` counts the starts of this job from 1. */
export interface RunReport {
	readonly job: Pick<Job, 'id' | 'taskId' | 'stepId' | 'attempt' | 'capability'>;
	readonly run: number;
	readonly worker: string;
}

/**
 * IRunReports takes what workers have to tell. Both calls return once it is durable; `started` returns false when the run
 * is no longer wanted (cancelled, or a newer token holds), and then the worker must not run it. An `inline` run may skip `started`,
 * unless its job acts on the world.
 */
export interface IRunReports {
	started(report: RunReport): Promise<boolean>;
	ended(report: RunReport, outcome: RunOutcome): Promise<void>;
}

/** JobConsumer is a worker host as the queue sees it. */
export interface JobConsumer {
	/** How many more jobs of this capability it can take right now; 0 for a capability it does not have. */
	freeSlots(capability: string): number;
	/** Takes a job; never throws. `signal` aborts when the job is cancelled, or, with `RunLost` as its reason, is no longer held here. */
	take(job: Job, run: number, signal: AbortSignal): void;
}

/**
 * IJobQueue carries ready steps to workers. It may lose a job or start it twice: history is the truth.
 * `cancel` removes a waiting job or aborts a running one; unknown ids are ignored.
 */
export interface IJobQueue {
	/** What has died when a started job is held no longer. */
	readonly lostWith: Extract<LossCause, 'server-died' | 'host-died'>;
	/** Resolves once the job waits its turn; a second enqueue of the same id changes nothing. */
	enqueue(job: Job): Promise<void>;
	cancel(jobId: string): Promise<void>;
	/** Whether the job waits or runs somewhere: false for one that is lost, or over. */
	holds(jobId: string): Promise<boolean>;
	/** Calls back when jobs may have been lost: these, or, without a list, any. Returns the way to stop. */
	onDoubt(listener: (jobIds: readonly string[] | undefined) => void): () => void;
}

/** QueueDepth is how much of one capability waits for a free slot and how much runs, over all people and workers. */
export interface QueueDepth {
	readonly capability: string;
	readonly waiting: number;
	readonly running: number;
	/** How long the one waits that waits longest, ms; 0 where none does. */
	readonly oldestWaitMs: number;
}

/** IJobSource is where a worker host gets its jobs. The consumer calls `freed` when a slot opened and `settled` when a job's outcome is recorded. */
export interface IJobSource {
	consume(consumer: JobConsumer): { freed(): void; settled(jobId: string): void; stop(): void };
}
