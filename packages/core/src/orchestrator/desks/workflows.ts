import type { ConversationId, TaskId } from '../../domain/ids.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import type { Budget } from '../../domain/task/facts.ts';
import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import type { GraphStep, WorkflowProblem } from '../../domain/workflow/problem.ts';
import type { Principal } from './desk.ts';

export type { WorkflowProblem } from '../../domain/workflow/problem.ts';

/** WorkflowOrigin says where a workflow comes from: it ships with Errand, stands in a file of the operator, in code, was saved by a person, or learned from a task. */
export type WorkflowOrigin = 'shipped' | 'file' | 'code' | 'saved' | 'learned';

/** WorkflowSummary is a workflow as a list shows it. */
export interface WorkflowSummary {
	readonly name: string;
	readonly title: string;
	readonly description?: string | undefined;
	readonly version: number;
	readonly origin: WorkflowOrigin;
	/** JSON Schema of its input. */
	readonly input: JsonObject;
	/** Whose it is, where it was saved. */
	readonly owner?: string | undefined;
	/** Others may run it. */
	readonly shared?: boolean | undefined;
	readonly enabled: boolean;
	/** Why it cannot run now. */
	readonly problems: readonly WorkflowProblem[];
}

/** WorkflowDetail is one workflow with its text. */
export interface WorkflowDetail extends WorkflowSummary {
	/** YAML, as its author wrote it; made from the definition where it was written in code. */
	readonly text: string;
	readonly definition: WorkflowDefinition;
	/** Its plan as a graph, with what is not known before it runs left open. */
	readonly steps: readonly GraphStep[];
	/** Of a saved one, newest first. */
	readonly versions: readonly { readonly version: number; readonly at: number; readonly by: string }[];
}

/** WorkflowVersion is a text that was saved once, as it was. */
export interface WorkflowVersion {
	readonly name: string;
	readonly version: number;
	readonly at: number;
	readonly by: string;
	readonly text: string;
}

/** WorkflowStats says how runs of a workflow went; times in ms. */
export interface WorkflowStats {
	readonly name: string;
	readonly runs: number;
	readonly done: number;
	readonly failed: number;
	readonly cancelled: number;
	readonly running: number;
	/** Of how many of the latest runs the times below are; the numbers above are of all. */
	readonly timed: number;
	/** Share of ended runs that were done, 0 to 1. */
	readonly successRate?: number | undefined;
	readonly durationMs?: { readonly p50: number; readonly p95: number } | undefined;
	readonly steps: readonly {
		readonly id: string;
		readonly runs: number;
		readonly failed: number;
		readonly p50: number;
		readonly p95: number;
	}[];
}

/** WorkflowRequest asks for one run. */
export interface WorkflowRequest {
	readonly name: string;
	readonly input: Json;
	/** What the run before left, for `${kept}`; null where left out. */
	readonly kept?: Json | undefined;
	/** Where untrusted content in that comes from. */
	readonly keptOrigins?: readonly string[] | undefined;
	readonly goal?: string | undefined;
	readonly approve?: boolean | undefined;
	readonly idempotencyKey?: string | undefined;
	readonly conversation?: ConversationId | undefined;
	readonly announced?: boolean | undefined;
	readonly origins?: readonly string[] | undefined;
	readonly budget?: Partial<Budget> | undefined;
	readonly deadline?: number | undefined;
	readonly unhurried?: boolean | undefined;
}

/** ImportedWorkflows is what became of a file of another installation. */
export interface ImportedWorkflows {
	/** What was taken in; nothing where the key is not trusted. */
	readonly names: readonly string[];
	/** What the file holds. */
	readonly offered: readonly string[];
	/** Whose key signed it: Ed25519, base64. */
	readonly key: string;
	/** Of that key, to compare by eye or on the telephone. */
	readonly fingerprint: string;
	readonly trusted: boolean;
	/** Capabilities that are needed and not there, by workflow. */
	readonly missing: readonly { readonly name: string; readonly capabilities: readonly string[] }[];
	/** Names under which something else is saved already; then nothing was taken in. */
	readonly clashes: readonly string[];
}

/** ImportChoices say what may be done with a file of another installation. */
export interface ImportChoices {
	/** Its key is to be known from now on. */
	readonly trust?: boolean | undefined;
	/** What is saved under its names gets a new version, the file's. */
	readonly replace?: boolean | undefined;
}

/** CheckedWorkflow is a text that was looked at: what it says, or what is wrong. */
export type CheckedWorkflow =
	| { readonly ok: true; readonly definition: WorkflowDefinition; readonly steps: WorkflowDetail['steps'] }
	| {
			readonly ok: false;
			readonly problems: readonly WorkflowProblem[];
			/** What it says all the same, where its form is sound. */
			readonly definition?: WorkflowDefinition | undefined;
	  };

/** WorkflowTrial asks for one run of a text that is not kept. */
export interface WorkflowTrial {
	readonly text: string;
	readonly input: Json;
	readonly conversation?: ConversationId | undefined;
}

/**
 * IWorkflowDesk is everything a caller may do with workflows. Each call sees those that ship with Errand, the operator's, the
 * principal's own and what others share. Refusals are CoreErrors: `unknown-workflow`, `invalid-workflow` (every problem named, with its
 * line), `invalid-input`, `conflict`. Guests run, members save their own, the owner shares.
 */
export interface IWorkflowDesk {
	list(principal: Principal): Promise<readonly WorkflowSummary[]>;
	get(principal: Principal, name: string): Promise<WorkflowDetail>;
	/** An own text of before. Rejects with `unknown-workflow` where it is not known any more. */
	version(principal: Principal, name: string, version: number): Promise<WorkflowVersion>;
	/** Checks a text without keeping it. */
	check(principal: Principal, text: string): Promise<CheckedWorkflow>;
	/** A text that says what the definition says, sound or not, with the comments and the order of what did not change. */
	merge(principal: Principal, text: string, definition: JsonObject): Promise<string>;
	/**
	 * Keeps a text under the name it says, which must be `named` where that is given. `baseVersion` is the version it was made
	 * from; undefined for a new one. Resolves with the new version.
	 */
	save(
		principal: Principal,
		text: string,
		options?: {
			named?: string | undefined;
			baseVersion?: number | undefined;
			shared?: boolean | undefined;
			learnedFrom?: TaskId | undefined;
		},
	): Promise<{ name: string; version: number }>;
	remove(principal: Principal, name: string): Promise<void>;
	setEnabled(principal: Principal, name: string, enabled: boolean): Promise<void>;
	/** Submits a task that runs it. */
	run(principal: Principal, request: WorkflowRequest): Promise<{ id: TaskId; duplicate: boolean }>;
	/** Runs a text as it is; its run is counted nowhere. `places` says where in the definition each planned step comes from: `steps.0`. */
	runText(
		principal: Principal,
		trial: WorkflowTrial,
	): Promise<{ id: TaskId; places: Readonly<Record<string, string>> }>;
	stats(principal: Principal, name: string): Promise<WorkflowStats>;
	/** A file that another installation can take in: JSON with the texts and a signature. */
	exportSigned(principal: Principal, names: readonly string[]): Promise<string>;
	/** Takes in such a file, if its key is known here or `trust` is chosen; what is one's own is replaced only with `replace`. Rejects with `invalid-signature`. */
	importSigned(principal: Principal, file: string, choices?: ImportChoices): Promise<ImportedWorkflows>;
	/** A workflow's text made from a finished task, its parameters found and named; not kept yet. */
	fromTask(principal: Principal, task: TaskId): Promise<{ text: string; name: string; parameters: readonly string[] }>;
	/** Saved and learned workflows that suit a goal, best first, with the input read from it. */
	suggest(
		principal: Principal,
		goal: string,
	): Promise<readonly { name: string; title: string; score: number; input: JsonObject }[]>;
}
