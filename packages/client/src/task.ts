/** Json is anything that JSON can hold. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type TaskStatus = 'planning' | 'running' | 'waiting' | 'done' | 'failed' | 'cancelled';

/** Artifact is a file of a task. */
export interface Artifact {
	readonly id: string;
	readonly name: string;
	readonly type: string;
	readonly bytes: number;
}

/** Source is where a claim of an answer comes from. */
export interface Source {
	readonly title: string;
	readonly url?: string | undefined;
	readonly artifact?: string | undefined;
	readonly quote?: string | undefined;
}

/** Question is something only the person can decide. */
export interface Question {
	readonly id: string;
	readonly kind: 'text' | 'choice' | 'approval' | 'secret';
	readonly purpose: 'goal' | 'plan' | 'step' | 'effect' | 'budget';
	readonly text: string;
	readonly choices?: string[] | undefined;
	readonly stepId?: string | undefined;
	readonly effect?: { readonly hash: string; readonly summary: string } | undefined;
	/** Not the task's own budget but one of the day: a yes only tries again. */
	readonly budget?: 'day' | undefined;
	/** When the task goes on without an answer. */
	readonly until?: number | undefined;
}

/** Fault is why something failed, and what to do about it. */
export interface Fault {
	readonly code: string;
	readonly message: string;
	readonly hint: string;
}

/** TaskResult is the answer of a task; `text` is Markdown. */
export interface TaskResult {
	readonly text: string;
	readonly sources: Source[];
	readonly artifacts: Artifact[];
	readonly method: 'model' | 'rules';
	readonly warnings: string[];
	/** What a workflow gave. */
	readonly output?: Json | undefined;
	/** Where untrusted content in that output comes from. */
	readonly outputOrigins?: readonly string[] | undefined;
}

/** PlanStep is a step as a plan names it. */
export interface PlanStep {
	readonly id: string;
	readonly title: string;
	readonly capability: string;
	readonly input: Json;
	readonly dependsOn: string[];
	readonly when?: Json | undefined;
	readonly forEach?: { readonly $from: string; readonly maxItems?: number | undefined } | undefined;
	readonly retry?: { readonly maxAttempts: number; readonly waitsMs: number[] } | undefined;
	readonly timeoutMs?: number | undefined;
	readonly essential: boolean;
	readonly effects?: 'none' | 'idempotent' | 'external' | undefined;
}

/** Step is a step with how it stands; times are ms since 1970. */
export interface Step extends PlanStep {
	/** What the plan said, where `capability` was chosen for it by its meaning. */
	readonly matchedFrom?: string | undefined;
	readonly status:
		| 'waiting'
		| 'ready'
		| 'running'
		| 'asking'
		| 'retrying'
		| 'done'
		| 'failed'
		| 'dead-lettered'
		| 'skipped'
		| 'cancelled';
	/** Where the step comes from, if not from who planned the task. */
	readonly origins?: readonly string[] | undefined;
	readonly attempts: number;
	/** The step that it is a part of: of whose list, or in whose body. */
	readonly parent?: string | undefined;
	/** A step that waits: until when, and for which event. */
	readonly until?: number | undefined;
	readonly event?: string | undefined;
	readonly worker?: string | undefined;
	readonly startedAt?: number | undefined;
	readonly endedAt?: number | undefined;
	readonly error?: Fault | undefined;
	readonly output?: Artifact | undefined;
}

/** ModelUse is what one model was asked for, why it, how often, and what that cost; `model` is `<provider>/<model>`. */
export interface ModelUse {
	readonly model: string;
	readonly purpose: string;
	readonly reason: string;
	readonly calls: number;
	readonly tokens: number;
	readonly microUsd: number;
}

/** Task is a goal with its plan, its questions and what came of it. Times are ms since 1970. */
export interface Task {
	readonly id: string;
	readonly goal: string;
	readonly status: TaskStatus;
	readonly reason?: 'question' | 'over-budget' | 'disk-full' | 'time' | 'event' | undefined;
	readonly plan: {
		readonly version: number;
		readonly by: string;
		readonly note?: string | undefined;
		readonly steps: Step[];
	};
	readonly questions: Question[];
	readonly result?: TaskResult | undefined;
	readonly error?: Fault | undefined;
	readonly cost: {
		readonly tokens: number;
		readonly microUsd: number;
		/** Which models that went to, and why they. */
		readonly models?: readonly ModelUse[] | undefined;
	};
	readonly createdAt: number;
	readonly endedAt?: number | undefined;
	/** The last fact this shows. */
	readonly seq: number;
}

/** TaskSummary is a row of the task list. */
export interface TaskSummary {
	readonly id: string;
	readonly goal: string;
	readonly status: TaskStatus;
	readonly createdAt: number;
	readonly endedAt?: number | undefined;
	/** `<name>@<version>`, where it is a run of a workflow. */
	readonly workflow?: string | undefined;
}

/** Fact is one thing that happened to a task: `seq` counts from 1 without gaps, `type` is in the past tense. */
export interface Fact {
	readonly seq: number;
	readonly at: number;
	readonly v: number;
	readonly type: string;
	readonly data: Record<string, Json>;
}

/** Progress is a passing word about a step at work; it is never stored and may be missed. */
export interface Progress {
	readonly taskId: string;
	readonly stepId: string;
	readonly percent?: number | undefined;
	readonly text?: string | undefined;
	/** What the step has written so far, from its beginning. */
	readonly partial?: string | undefined;
}

/** DeadLetter is a step that gave up. */
export interface DeadLetter {
	readonly id: string;
	readonly taskId: string;
	readonly stepId: string;
	readonly title: string;
	readonly capability: string;
	readonly attempts: number;
	readonly error: Fault;
	readonly at: number;
}

/** DeadLetterDetail is a step that gave up, with what it was to do and how each attempt went. */
export interface DeadLetterDetail extends DeadLetter {
	readonly goal: string;
	/** The beginning of its input as planned, JSON. */
	readonly input: string;
	/** The latest attempts, oldest first; `at` is when one ended. */
	readonly history: readonly {
		readonly attempt: number;
		readonly run: number;
		readonly at: number;
		readonly worker?: string | undefined;
		readonly error: Fault;
	}[];
}
