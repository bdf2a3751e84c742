import type { ComplexityReport, Item } from '../../domain/backlog/item.ts';
import type { OperationChange } from '../../domain/backlog/operation-change.ts';
import type { ArtifactRef, StepFailure } from '../../domain/capability.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import type { PlanStep } from '../../domain/task/plan.ts';

/** OperationSight is what of a backlog an operation works on: the items of one tag. */
export interface OperationSight {
	readonly name: string;
	readonly tag: string;
	readonly items: readonly Item[];
	readonly report?: ComplexityReport | undefined;
}

/** GivenFile is a file of the project that the call names: short text itself, anything else by its artifact. */
export interface GivenFile {
	readonly name: string;
	readonly text?: string | undefined;
	readonly artifact?: ArtifactRef | undefined;
}

/** OperationCall is a call of a tool that takes work, with the files it names as the project has them. */
export interface OperationCall {
	readonly tool: string;
	readonly args: JsonObject;
	readonly files?: readonly GivenFile[] | undefined;
}

/** OperationPlan is the task that carries a call out. */
export interface OperationPlan {
	readonly goal: string;
	readonly steps: readonly PlanStep[];
	readonly estimatedSeconds: number;
}

/** ReadingSight is what reading outputs goes by besides them; `at` is when, ms since 1970. */
export interface ReadingSight extends Pick<OperationSight, 'name' | 'tag' | 'items'> {
	readonly at: number;
}

/** OperationOutcome is what came of an operation. */
export interface OperationOutcome {
	/** All of them belong into one append. */
	readonly changes: readonly OperationChange[];
	/** What the caller is answered; what only applying tells (new ids) is added to it. */
	readonly result: JsonObject;
	/** Files to write below the project's folder. */
	readonly files?: readonly { readonly path: string; readonly text: string }[] | undefined;
	/** Nothing came of it, and why. */
	readonly error?: { readonly code: string; readonly message: string; readonly hint: string } | undefined;
}

/** StepOutputs and StepFailures are how the steps of an operation's task ended, by step id. */
export type StepOutputs = Readonly<Record<string, Json>>;
export type StepFailures = Readonly<Record<string, Pick<StepFailure, 'code' | 'message' | 'hint'>>>;

/** OperationEnd is a call whose task has ended, with how its steps did. */
export interface OperationEnd {
	readonly args: JsonObject;
	readonly outputs: StepOutputs;
	readonly failures: StepFailures;
	readonly sight: ReadingSight;
}

/** Operation is one tool's work: the plan for a call, and what the outputs of its steps mean. Both are pure. */
export interface Operation {
	plan(sight: OperationSight, call: OperationCall): OperationPlan;
	read(end: OperationEnd): OperationOutcome;
}
