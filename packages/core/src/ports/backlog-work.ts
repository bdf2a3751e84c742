import type { OperationChange } from '../domain/backlog/operation-change.ts';
import type { Backlog } from '../domain/backlog/state.ts';
import type { ArtifactRef } from '../domain/capability.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { PlanStep } from '../domain/task/plan.ts';

/** WorkCall is a call of a tool that takes work, with the files it names: short text itself, anything else by its artifact. */
export interface WorkCall {
	readonly tool: string;
	readonly args: JsonObject;
	readonly files?:
		| readonly { readonly name: string; readonly text?: string; readonly artifact?: ArtifactRef }[]
		| undefined;
}

/** WorkPlan is the task that carries a call out. */
export interface WorkPlan {
	readonly goal: string;
	readonly steps: readonly PlanStep[];
	readonly estimatedSeconds: number;
}

/** WorkFailure is why a step, or the whole work, came to nothing. */
export interface WorkFailure {
	readonly code: string;
	readonly message: string;
	readonly hint?: string | undefined;
}

/** WorkOutcome is what came of the work: all changes belong into one append, the files below the project's folder. */
export interface WorkOutcome {
	readonly changes: readonly OperationChange[];
	readonly result: JsonObject;
	readonly files?: readonly { readonly path: string; readonly text: string }[] | undefined;
	readonly error?: { readonly code: string; readonly message: string; readonly hint: string } | undefined;
}

/**
 * IBacklogWork knows what is to be done for a tool that takes work, and what came of it. Both are pure; `plan` throws a CoreError
 * where a call cannot be carried out. `read` takes whatever the steps produced, however many failed.
 */
export interface IBacklogWork {
	plan(backlog: Backlog, call: WorkCall): WorkPlan;
	read(
		call: WorkCall,
		outputs: Readonly<Record<string, Json>>,
		failures: Readonly<Record<string, WorkFailure>>,
		now: { readonly backlog: Backlog; readonly tag: string; readonly at: number },
	): WorkOutcome;
}
