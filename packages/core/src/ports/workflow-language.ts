import type { Json, JsonObject } from '../domain/json.ts';
import type { PlanStep } from '../domain/task/plan.ts';
import type { WorkflowDefinition } from '../domain/workflow/definition.ts';
import type { GraphStep, WorkflowProblem } from '../domain/workflow/problem.ts';
import type { CapabilityDeclaration } from './capability.ts';

/** Library finds a workflow by its name; undefined where there is none. */
export type Library = (name: string) => WorkflowDefinition | undefined;

/** PlanPlaces says where in the definition each step of a plan comes from: `read` from `steps.0`. */
export type PlanPlaces = ReadonlyMap<string, readonly (string | number)[]>;

/** Wrong is what a reading or a compilation came to nothing for. */
export interface Wrong {
	readonly ok: false;
	readonly problems: readonly WorkflowProblem[];
	/** What was read all the same, where its form is sound. */
	readonly definition?: WorkflowDefinition | undefined;
}

/** IWorkflowLanguage reads, writes, checks and compiles workflows. The same given, all of it gives the same, and none of it throws. */
export interface IWorkflowLanguage {
	/** Reads YAML or JSON; problems name line and column. */
	read(text: string): { readonly ok: true; readonly definition: WorkflowDefinition } | Wrong;
	write(definition: WorkflowDefinition | JsonObject): string;
	/** A text that says what the definition says, sound or not, with the comments and the order of what did not change. */
	edit(text: string, definition: WorkflowDefinition | JsonObject): string;
	/** All that is wrong without an input. */
	problems(
		definition: WorkflowDefinition,
		known: {
			readonly library: Library;
			readonly catalogue: readonly CapabilityDeclaration[];
			/** Why a capability that exists is not in the catalogue, by name. */
			readonly missing?: ReadonlyMap<string, string> | undefined;
		},
	): readonly WorkflowProblem[];
	/** The problems with the lines and columns where they stand in a text, in their order there. */
	locate(text: string, problems: readonly WorkflowProblem[]): readonly WorkflowProblem[];
	/** The input with defaults filled in, or what is wrong with it. */
	checkInput(definition: WorkflowDefinition, input: Json): { readonly ok: true; readonly input: Json } | Wrong;
	/** `kept` is what the run before left; with `keptOrigins` it is marked in the plan. */
	compile(
		definition: WorkflowDefinition,
		options: {
			readonly input: Json;
			readonly library: Library;
			readonly kept?: Json | undefined;
			readonly keptOrigins?: readonly string[] | undefined;
		},
	): { readonly ok: true; readonly steps: readonly PlanStep[]; readonly places: PlanPlaces } | Wrong;
	/** Keeps nothing of what was compiled. */
	forget(): void;
	graph(definition: WorkflowDefinition): readonly GraphStep[];
	/** JSON Schema of a definition, for editors. */
	schema(): JsonObject;
}
