import type { ComplexityReport, Item } from '../../domain/backlog/item.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import type { WorkCall, WorkFailure, WorkOutcome, WorkPlan } from '../../ports/backlog-work.ts';

/** OperationSight is what of a backlog an operation works on: the items of one tag. */
export interface OperationSight {
	readonly name: string;
	readonly tag: string;
	readonly items: readonly Item[];
	readonly report?: ComplexityReport | undefined;
}

/** ReadingSight is what reading outputs goes by besides them; `at` is when, ms since 1970. */
export interface ReadingSight extends Pick<OperationSight, 'name' | 'tag' | 'items'> {
	readonly at: number;
}

/** StepOutputs and StepFailures are how the steps of an operation's task ended, by step id. */
export type StepOutputs = Readonly<Record<string, Json>>;
export type StepFailures = Readonly<Record<string, WorkFailure>>;

/** OperationEnd is a call whose task has ended, with how its steps did. */
export interface OperationEnd {
	readonly args: JsonObject;
	readonly outputs: StepOutputs;
	readonly failures: StepFailures;
	readonly sight: ReadingSight;
}

/** OperationRules is one tool's work: the plan for a call, and what the outputs of its steps mean. Both are pure. */
export interface OperationRules {
	plan(sight: OperationSight, call: WorkCall): WorkPlan;
	read(end: OperationEnd): WorkOutcome;
}
