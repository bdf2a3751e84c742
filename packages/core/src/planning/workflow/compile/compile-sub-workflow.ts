import { isJsonObject, type Json } from '../../../domain/json.ts';
import { isReference } from '../../../domain/task/references.ts';
import { WORKFLOW_LIMITS, type WorkflowDefinition } from '../../../domain/workflow/definition.ts';
import { checkWorkflowInput, closedParameters } from '../check-workflow-input.ts';
import { ProblemList } from '../found-problem.ts';
import type { KindOfStep } from '../step-kind.ts';
import { didYouMean } from './compilation.ts';
import { withGives } from './compile-flow.ts';
import { compileTemplate } from './compile-template.ts';
import { Computing } from './computing.ts';
import { beside, type Common, inOrder, type MadeStep, type StepTools, withoutTitle } from './made-step.ts';
import type { Scope } from './scope.ts';

type Sub = Extract<KindOfStep, { kind: 'workflow' }>['step'];

/** compileWorkflowStep is another workflow as one step. */
export function compileWorkflowStep(step: Sub, tools: StepTools, common: Common): readonly MadeStep[] {
	const { compilation, scope, id, place } = tools;
	const computing = new Computing(scope, () => compilation.ids.make(`${id}-in`));
	const given = compileTemplate({ compilation, scope, computing }, step.with ?? {}, [...place, 'with']) ?? {};
	const worked = computing.step('Work out values', withoutTitle(common));
	const aux = worked === undefined ? [] : [beside(worked)];
	const body = bodyOf(step, given, tools);
	return [...aux, inOrder({ id, capability: 'flow.group', input: {}, dependsOn: [], ...common, body })];
}

function bodyOf(step: Sub, given: Json, { compilation, scope, id, place }: StepTools) {
	const nothing = { steps: [] };
	const at = [...place, 'workflow'];
	const { library, trail, problems } = compilation;
	if (trail.includes(step.workflow)) {
		problems.say(
			at,
			`Workflows cannot be part of themselves: ${[...trail, step.workflow].map((name) => `\`${name}\``).join(' → ')}.`,
		);
		return nothing;
	}
	if (trail.length >= WORKFLOW_LIMITS.maxDepth) {
		problems.say(at, `Workflows may be inside each other ${WORKFLOW_LIMITS.maxDepth} deep, and no deeper.`);
		return nothing;
	}
	if (library === undefined) return nothing;
	const definition = library(step.workflow);
	if (definition === undefined) {
		problems.say(at, `There is no workflow \`${step.workflow}\`${didYouMean(step.workflow, [])}`);
		return nothing;
	}
	const input = inputOf(definition, given, { problems, place: [...place, 'with'] });
	const own = new ProblemList();
	const inner = { ...compilation, problems: own, uses: undefined, trail: [...trail, step.workflow] };
	const innerScope: Scope = {
		names: new Map([
			['input', input],
			['kept', scope.names.get('kept') ?? null],
		]),
		parameters: closedParameters(definition),
		inside: new Map(),
	};
	const list = compilation.compileList(definition.steps, {
		compilation: inner,
		scope: innerScope,
		place: ['steps'],
		parallel: false,
		within: id,
	});
	const body = withGives(
		list,
		{ gives: definition.result, place: [], key: 'result' },
		{ compilation: inner, scope: list.scope, id: compilation.ids.make(`${id}-result`) },
	);
	for (const { message, path } of own.list())
		problems.say(at, `In the workflow \`${step.workflow}\`${path === undefined ? '' : ` (${path})`}: ${message}`);
	// Steps of another workflow have no place in this text but the step that calls it.
	for (const part of body.steps) compilation.places.set(part.id, at);
	return body;
}

/** What is known of the input must fit; what other steps give is believed. */
function inputOf(
	definition: WorkflowDefinition,
	given: Json,
	{ problems, place }: { readonly problems: ProblemList; readonly place: readonly (string | number)[] },
): Json {
	if (!isJsonObject(given) || isReference(given)) return given;
	const checked = checkWorkflowInput(definition, given, { believe: true });
	if (checked.ok) return checked.input;
	for (const { message, path } of checked.problems) {
		const inner = path === undefined ? [] : path.split('.');
		problems.say([...place, ...inner], `The input of \`${definition.name}\` does not fit: ${message}`);
	}
	return given;
}
