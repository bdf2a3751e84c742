import type { Json } from '../../domain/json.ts';
import { FLOW } from '../../domain/task/flow.ts';
import type { PlanStep } from '../../domain/task/plan.ts';
import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import type { CapabilityDeclaration } from '../../ports/capability.ts';
import type { Library } from '../../ports/workflow-language.ts';
import { inputProblems } from '../input-problems.ts';
import { nearestName } from '../nearest-name.ts';
import { VALUE_COMPUTE } from './compile/computing.ts';
import { compilePlan } from './compile-workflow.ts';
import { type FoundProblem, ProblemList, type WorkflowPath } from './found-problem.ts';
import { inputSchemaProblems } from './input-schema.ts';

/** Known is what else there is, as far as it is known: without a catalogue, capabilities are believed. */
export interface Known {
	readonly library?: Library | undefined;
	readonly catalogue?: readonly CapabilityDeclaration[] | undefined;
}

/**
 * workflowProblems finds all that is wrong with a workflow whatever its input: names, circles, expressions, other workflows,
 * capabilities, and inputs of capabilities where they are known before the run.
 */
export function workflowProblems(
	definition: WorkflowDefinition,
	{ library, catalogue }: Known = {},
): readonly FoundProblem[] {
	const plan = compilePlan(definition, { input: { $from: 'input' }, kept: { $from: 'kept' }, library });
	const problems = new ProblemList();
	for (const { place, message } of inputSchemaProblems(definition.input)) problems.say(place, message);
	for (const { place, message, offset, atKey } of plan.problems)
		problems.say(place, message, {
			...(offset === undefined ? {} : { offset }),
			...(atKey === undefined ? {} : { atKey }),
		});
	if (catalogue !== undefined) sayCalls(plan.steps, plan.places, catalogue, problems);
	return problems.list();
}

/** Steps that the compiler itself makes; they are in every catalogue. */
const OWN: ReadonlySet<string> = new Set([...Object.values(FLOW), VALUE_COMPUTE]);

function sayCalls(
	steps: readonly PlanStep[],
	places: ReadonlyMap<string, WorkflowPath>,
	catalogue: readonly CapabilityDeclaration[],
	problems: ProblemList,
): void {
	const known = new Map(catalogue.map((capability) => [capability.name, capability]));
	const sayCall = (name: string, input: Json, place: WorkflowPath, [use, given]: readonly [string, string]) => {
		const capability = known.get(name);
		if (capability === undefined) return problems.say([...place, use], unknownCapability(name, [...known.keys()]));
		for (const message of inputProblems(capability, input)) problems.say([...place, given], message);
	};
	for (const step of steps) {
		const place = places.get(step.id);
		if (place !== undefined) {
			if (!OWN.has(step.capability))
				sayCall(step.capability, step.input, place, step.capability === 'human.ask' ? ['ask', 'ask'] : ['use', 'with']);
			if (step.undo !== undefined) sayCall(step.undo.capability, step.undo.input, [...place, 'undo'], ['use', 'with']);
		}
		if (step.body !== undefined) sayCalls(step.body.steps, places, catalogue, problems);
	}
}

function unknownCapability(name: string, known: readonly string[]): string {
	const nearest = nearestName(name, known);
	if (nearest !== undefined) return `There is no capability \`${name}\`; did you mean \`${nearest}\`?`;
	const some = known.filter((one) => !OWN.has(one));
	return `There is no capability \`${name}\`; there are ${some.slice(0, 40).join(', ')}.`;
}
