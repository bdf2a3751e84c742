import type { ArtifactRef } from '../capability.ts';
import type { TaskError, TaskResult } from './facts.ts';
import type { PlanStep } from './plan.ts';
import type { Question } from './question.ts';

export type TaskStatus = 'planning' | 'running' | 'waiting' | 'done' | 'failed' | 'cancelled';
export type StepStatus =
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

/** StepView is a step as the API, the page and the terminal show it. */
export interface StepView extends PlanStep {
	readonly status: StepStatus;
	readonly attempts: number;
	/** Set on a child of a `forEach` step. */
	readonly parent?: string | undefined;
	readonly worker?: string | undefined;
	readonly startedAt?: number | undefined;
	readonly endedAt?: number | undefined;
	readonly error?: TaskError | undefined;
	/** The artifact that holds a large output. */
	readonly output?: ArtifactRef | undefined;
}

/** TaskView is a task over HTTP (ARCHITECTURE.md section 8). Times are ms since 1970. */
export interface TaskView {
	readonly id: string;
	readonly goal: string;
	readonly status: TaskStatus;
	readonly reason?: 'question' | 'over-budget' | 'disk-full' | undefined;
	readonly plan: {
		readonly version: number;
		readonly by: string;
		readonly note?: string | undefined;
		readonly steps: readonly StepView[];
	};
	readonly questions: readonly Question[];
	readonly result?: TaskResult | undefined;
	readonly error?: TaskError | undefined;
	readonly cost: { readonly tokens: number; readonly microUsd: number };
	readonly createdAt: number;
	readonly endedAt?: number | undefined;
	/** Sequence number of the last fact this view includes. */
	readonly seq: number;
}
