import { isJsonObject, type Json } from '../../domain/json.ts';
import { FLOW } from '../../domain/task/flow.ts';
import type { PlanStep } from '../../domain/task/plan.ts';
import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import { subWorkflowsOf } from '../../domain/workflow/sub-workflows.ts';
import type { CapabilityDeclaration } from '../../ports/capability.ts';
import type { Library } from '../../ports/workflow-language.ts';
import { inputProblems } from '../input-problems.ts';
import { nearestName } from '../nearest-name.ts';
import { VALUE_COMPUTE } from './compile/computing.ts';
import { type CompiledPlan, compilePlan } from './compile-workflow.ts';
import { type FoundProblem, ProblemList, type WorkflowPath } from './found-problem.ts';
import { inputSchemaProblems } from './input-schema.ts';
import { unknownKeys } from './known-properties.ts';
import { sayUses } from './use-problems.ts';

/** Known is what else there is, as far as it is known: without a catalogue, capabilities are believed. */
export interface Known {
	readonly library?: Library | undefined;
	readonly catalogue?: readonly CapabilityDeclaration[] | undefined;
	/** Why a capability that exists is not in the catalogue, by name. */
	readonly missing?: ReadonlyMap<string, string> | undefined;
}

/**
 * workflowProblems finds all that is wrong with a workflow whatever its input: names, circles, expressions, other workflows,
 * capabilities, and inputs of capabilities where they are known before the run.
 */
export function workflowProblems(
	definition: WorkflowDefinition,
	{ library, catalogue, missing = new Map() }: Known = {},
): readonly FoundProblem[] {
	const plan = planOf(definition, library);
	const problems = new ProblemList();
	for (const { place, message } of inputSchemaProblems(definition.input)) problems.say(place, message);
	for (const { place, message, offset, atKey } of plan.problems)
		problems.say(place, message, {
			...(offset === undefined ? {} : { offset }),
			...(atKey === undefined ? {} : { atKey }),
		});
	if (catalogue !== undefined) {
		const known = new Map(catalogue.map((capability) => [capability.name, capability]));
		sayCalls(plan.steps, { places: plan.places, known, missing, problems });
		sayUses(plan, known, problems);
	}
	return problems.list();
}

/** The plan of the definition that was looked at last: what was read is checked next against what else there is. */
let latest = new WeakMap<WorkflowDefinition, CompiledPlan>();

/** With any input. A definition that has parts is compiled each time, for these may have become known, or have changed. */
function planOf(definition: WorkflowDefinition, library: Library | undefined): CompiledPlan {
	const known = latest.get(definition);
	if (known !== undefined) return known;
	const plan = compilePlan(definition, { input: { $from: 'input' }, kept: { $from: 'kept' }, library, uses: [] });
	if (subWorkflowsOf(definition).length === 0) latest = new WeakMap([[definition, plan]]);
	return plan;
}

/** Steps that the compiler itself makes; they are in every catalogue. */
const OWN: ReadonlySet<string> = new Set([...Object.values(FLOW), VALUE_COMPUTE]);

function sayCalls(
	steps: readonly PlanStep[],
	given: {
		readonly places: ReadonlyMap<string, WorkflowPath>;
		readonly known: ReadonlyMap<string, CapabilityDeclaration>;
		readonly missing: ReadonlyMap<string, string>;
		readonly problems: ProblemList;
	},
): void {
	const { places, known, missing, problems } = given;
	const sayCall = (name: string, input: Json, place: WorkflowPath, [use, at]: readonly [string, string]) => {
		const capability = known.get(name);
		if (capability === undefined) {
			const why = missing.get(name);
			const wrong = why === undefined ? unknownCapability(name, [...known.keys()]) : notOffered(name, why);
			return problems.say([...place, use], wrong);
		}
		const unknown = unknownKeys(capability, input);
		for (const { key, message } of unknown) problems.say([...place, at, key], message, { atKey: true });
		const rest = withoutKeys(input, unknown);
		for (const message of inputProblems(capability, rest)) problems.say([...place, at], message);
	};
	for (const step of steps) {
		const place = places.get(step.id);
		if (place !== undefined) {
			if (!OWN.has(step.capability))
				sayCall(step.capability, step.input, place, step.capability === 'human.ask' ? ['ask', 'ask'] : ['use', 'with']);
			if (step.undo !== undefined) sayCall(step.undo.capability, step.undo.input, [...place, 'undo'], ['use', 'with']);
		}
		if (step.body !== undefined) sayCalls(step.body.steps, given);
	}
}

/** What is wrong with a key that is not known is said once. */
function withoutKeys(input: Json, keys: readonly { readonly key: string }[]): Json {
	if (keys.length === 0 || !isJsonObject(input)) return input;
	return Object.fromEntries(Object.entries(input).filter(([name]) => !keys.some(({ key }) => key === name)));
}

function notOffered(name: string, why: string): string {
	return `\`${name}\` is not offered here: ${why.replace(/\.?$/, '.')}`;
}

function unknownCapability(name: string, known: readonly string[]): string {
	const nearest = nearestName(name, known);
	if (nearest !== undefined) return `There is no capability \`${name}\`; did you mean \`${nearest}\`?`;
	const some = known.filter((one) => !OWN.has(one));
	return `There is no capability \`${name}\`; there are ${some.slice(0, 40).join(', ')}.`;
}
