import type { ComplexityReport, Item } from '../../domain/backlog/item.ts';
import type { ArtifactRef, StepFailure } from '../../domain/capability.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import type { PlanStep } from '../../domain/task/plan.ts';
import type { Assessment, DraftItem, DraftSubitem, Rewrite } from './draft.ts';

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

/** OperationChange is what an operation's output asks the backlog to do; all changes of one operation belong into one append. */
export type OperationChange =
	/** `replace`: everything else in the tag goes. Drafts' ids are renumbered after what is there. */
	| { readonly type: 'add-items'; readonly items: readonly DraftItem[]; readonly replace: boolean }
	/** One new item whose dependencies are ids of the backlog. */
	| { readonly type: 'add-item'; readonly item: DraftItem }
	/** `replace`: the item's other subitems go. Drafts' ids are renumbered after what is there. */
	| {
			readonly type: 'add-subitems';
			readonly id: number;
			readonly subtasks: readonly DraftSubitem[];
			readonly replace: boolean;
	  }
	| { readonly type: 'rewrite'; readonly rewrite: Rewrite }
	| { readonly type: 'put-report'; readonly analysis: readonly Assessment[]; readonly meta: ReportMeta }
	/** A file below the project's folder. */
	| { readonly type: 'save-file'; readonly path: string; readonly text: string };

/** ReportMeta is what of a complexity report's head the operation knows; the backlog knows the rest. */
export type ReportMeta = Pick<ComplexityReport['meta'], 'tasksAnalyzed' | 'thresholdScore' | 'usedResearch'>;

/** OperationOutcome is what came of an operation. */
export interface OperationOutcome {
	readonly changes: readonly OperationChange[];
	/** What the caller is answered; what only applying tells (new ids) is added to it. */
	readonly result: JsonObject;
	/** Nothing came of it, and why. */
	readonly error?: { readonly code: string; readonly message: string; readonly hint: string } | undefined;
}

/** StepOutputs and StepFailures are how the steps of an operation's task ended, by step id. */
export type StepOutputs = Readonly<Record<string, Json>>;
export type StepFailures = Readonly<Record<string, Pick<StepFailure, 'code' | 'message' | 'hint'>>>;

/** Operation is one tool's work: the plan for a call, and what the outputs of its steps mean. Both are pure. */
export interface Operation {
	plan(sight: OperationSight, call: OperationCall): OperationPlan;
	read(call: OperationCall, outputs: StepOutputs, failures: StepFailures): OperationOutcome;
}
