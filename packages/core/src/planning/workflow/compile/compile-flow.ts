import type { StepId } from '../../../domain/ids.ts';
import type { Json } from '../../../domain/json.ts';
import type { Body, PlanStep, When } from '../../../domain/task/plan.ts';
import { isReference } from '../../../domain/task/references.ts';
import type { WorkflowStep } from '../../../domain/workflow/definition.ts';
import type { WorkflowPath } from '../found-problem.ts';
import type { KindOfStep } from '../step-kind.ts';
import { listsOf } from '../step-kind.ts';
import type { CompiledList } from './compilation.ts';
import { compileElements } from './compile-call.ts';
import { ALWAYS, both, compileCondition, negated } from './compile-condition.ts';
import { compileTemplate } from './compile-template.ts';
import { compileValue } from './compile-value.ts';
import { Computing } from './computing.ts';
import { knownDuration } from './known-duration.ts';
import { beside, type Common, inOrder, type MadeStep, type StepTools, withoutTitle } from './made-step.ts';
import { rootsOf, type Scope, withNames } from './scope.ts';

type StepOf<Kind extends KindOfStep['kind']> = Extract<KindOfStep, { kind: Kind }>['step'];

/** compileGroup is some steps as one. */
export function compileGroup(
	{ gives }: { readonly gives?: Json | undefined },
	{ list, key }: { readonly list: readonly WorkflowStep[]; readonly key: 'steps' | 'parallel' },
	tools: StepTools,
	common: Common,
): readonly MadeStep[] {
	const body = compileBody({ list, gives, key, place: tools.place }, tools);
	return [inOrder(groupStep(tools.id, body, common))];
}

/** compileEach is some steps as one, for each element of a list. */
export function compileEach(step: StepOf<'each'>, tools: StepTools, common: Common): readonly MadeStep[] {
	const { forEach, scope, aux } = compileElements(step, tools, common);
	const body = compileBody(
		{ list: step.steps, gives: step.gives, key: 'steps', place: tools.place },
		{ ...tools, scope },
	);
	return [...aux.map(beside), inOrder({ ...groupStep(tools.id, body, common), forEach })];
}

/** compileChoose is a step for each branch, which runs where its condition holds and none before it did, and one that gives what that gave. */
export function compileChoose(step: StepOf<'choose'>, tools: StepTools, common: Common): readonly MadeStep[] {
	const { compilation, scope, id, place } = tools;
	const made: MadeStep[] = [];
	const branches: StepId[] = [];
	const earlier: When[] = [];
	for (const [index, branch] of step.choose.entries()) {
		const at = [...place, 'choose', index];
		if (branch.when === undefined && index < step.choose.length - 1)
			compilation.problems.say(at, 'Only the last branch may be without `when`: it is the one for everything else.');
		const makeId = () => compilation.ids.make(`${id}-if-${index + 1}`);
		const condition =
			branch.when === undefined
				? undefined
				: compileCondition({ compilation, scope, makeId }, branch.when, [...at, 'when']);
		for (const aux of condition?.aux ?? []) made.push(beside({ ...aux, ...withoutTitle(common) }));
		const own = compilation.ids.make(`${id}-${index + 1}`);
		compilation.places.set(own, at);
		const when = both(common.when, ...earlier.map(negated), condition?.when ?? ALWAYS);
		const body = compileBody(
			{ list: branch.steps, gives: branch.gives, key: 'steps', place: at },
			{ ...tools, id: own },
		);
		const title = branch.when === undefined ? `${common.title}: otherwise` : `${common.title}: ${branch.when}`;
		made.push(inOrder(groupStep(own, body, { ...common, title: title.slice(0, 200), when })));
		branches.push(own);
		earlier.push(condition?.when ?? ALWAYS);
	}
	// A list leaves out what was skipped: what is left of it is what the branch gave that ran.
	const ran = compilation.ids.make(`${id}-ran`);
	const all = branches.map((branch) => ({ $from: branch }));
	made.push(
		beside({
			id: ran,
			title: common.title,
			capability: 'flow.value',
			input: all,
			dependsOn: [],
			...withoutTitle(common),
		}),
	);
	return [...made, inOrder({ id, capability: 'flow.value', input: { $from: `${ran}.0` }, dependsOn: [], ...common })];
}

/** compileLoop is some steps again and again, until a condition on them holds. */
export function compileLoop(step: StepOf<'loop'>, tools: StepTools, common: Common): readonly MadeStep[] {
	const { compilation, scope, id, place } = tools;
	const { until, max, first, wait, otherwise } = step.loop;
	const computing = new Computing(scope, () => compilation.ids.make(`${id}-in`));
	const begins =
		first === undefined
			? undefined
			: compileTemplate({ compilation, scope, computing }, first, [...place, 'loop', 'first']);
	const waitMs = wait === undefined ? undefined : knownDuration(wait, tools, [...place, 'loop', 'wait']);
	const held = step.steps.some(hasLoop) ? compilation.ids.make(`${id}-previous`) : undefined;
	const previous = held ?? 'previous';
	const inner = withNames(scope, [['previous', { $from: previous }]]);
	const list = compilation.compileList(step.steps, {
		compilation,
		scope: inner,
		place: [...place, 'steps'],
		parallel: false,
		within: id,
	});
	const own = new Set<string>(list.steps.map((one) => one.id));
	const makeId = () => compilation.ids.make(`${id}-until`);
	const condition = compileCondition({ compilation, scope: list.scope, makeId }, until, [...place, 'loop', 'until']);
	const body = withGives(list, { gives: step.gives, place }, { ...tools, scope: list.scope });
	const keeps: PlanStep[] =
		held === undefined || !usesRoot(list.steps, held)
			? []
			: [
					{
						id: held,
						title: 'What the time before gave',
						capability: 'flow.value',
						input: { $from: 'previous' },
						dependsOn: [],
						essential: true,
					},
				];
	const aux = (condition?.aux ?? []).map((one) => withRefs(one, own));
	const repeat = {
		until: condition?.when ?? ALWAYS,
		max,
		...(begins === undefined ? {} : { first: begins }),
		...(waitMs === undefined ? {} : { waitMs }),
		...(otherwise === 'go-on' ? { otherwise } : {}),
	};
	const worked = computing.step('Work out what to begin with', withoutTitle(common));
	const steps = [...keeps, ...body.steps, ...aux];
	const main = { id, capability: 'flow.loop', input: {}, dependsOn: [], ...common, body: { ...body, steps }, repeat };
	return [...(worked === undefined ? [] : [beside(worked)]), inOrder(main)];
}

/** Inside another loop, `previous` means what that one's time before gave; other workflows may hold loops. */
function hasLoop(step: WorkflowStep): boolean {
	return 'loop' in step || 'workflow' in step || listsOf(step).some(({ steps }) => steps.some(hasLoop));
}

/** compileBody compiles a list inside a step, with what it gives: its last step's value, or the list of all where they are side by side. */
export function compileBody(
	part: {
		readonly list: readonly WorkflowStep[];
		readonly gives?: Json | undefined;
		readonly key: 'steps' | 'parallel';
		readonly place: WorkflowPath;
	},
	tools: Pick<StepTools, 'compilation' | 'scope' | 'id'>,
): Body {
	const { compilation, scope, id } = tools;
	const parallel = part.key === 'parallel';
	const list = compilation.compileList(part.list, {
		compilation,
		scope,
		place: [...part.place, part.key],
		parallel,
		within: id,
	});
	return withGives(list, { gives: part.gives, place: part.place, parallel }, { ...tools, scope: list.scope });
}

interface GivesTools {
	readonly gives?: Json | undefined;
	readonly place: WorkflowPath;
	readonly parallel?: boolean;
	readonly key?: 'gives' | 'result';
}

/** withGives adds the step that gives what a list gives, where none of its own steps does. */
export function withGives(
	list: CompiledList,
	{ gives, place, parallel = false, key = 'gives' }: GivesTools,
	{
		compilation,
		scope,
		id,
	}: { readonly compilation: StepTools['compilation']; readonly scope: Scope; readonly id: StepId },
): Body {
	const own = new Map(list.steps.map((step) => [step.id as string, step.id]));
	const last = list.gives.at(-1) ?? null;
	const wholeStep = (value: Json) => (isReference(value) ? own.get(value.$from) : undefined);
	if (gives === undefined && !parallel) {
		const step = wholeStep(last);
		if (step !== undefined) return { steps: list.steps, gives: step };
	}
	const alone = typeof gives === 'string' ? /^\$\{\s*([a-z]\w*)\s*\}$/i.exec(gives)?.[1] : undefined;
	const named = alone === undefined ? undefined : wholeStep(scope.names.get(alone) ?? null);
	if (named !== undefined) return { steps: list.steps, gives: named };
	const made = key === 'result' ? id : compilation.ids.make(`${id}-gives`);
	compilation.places.set(made, place);
	const common = { title: key === 'result' ? 'The result' : 'What it gives', essential: true };
	if (gives !== undefined) {
		const steps = compileValue(gives, { compilation, scope, id: made, place }, common, key).map(({ step }) =>
			withRefs(step, own),
		);
		return { steps: [...list.steps, ...steps], gives: made };
	}
	const input = parallel ? list.gives : last;
	const value = withRefs({ id: made, capability: 'flow.value', input, dependsOn: [], ...common }, own);
	return { steps: [...list.steps, value], gives: made };
}

function withRefs(step: PlanStep, own: { has(id: string): boolean }): PlanStep {
	const seen = rootsOf(step.input).filter((root) => own.has(root)) as StepId[];
	return { ...step, dependsOn: [...new Set([...step.dependsOn, ...seen])] };
}

function usesRoot(steps: readonly PlanStep[], root: string): boolean {
	return JSON.stringify(steps).includes(`"${root}`);
}

function groupStep(id: StepId, body: Body, { when, ...common }: Common): PlanStep {
	return {
		id,
		capability: 'flow.group',
		input: {},
		dependsOn: [],
		...common,
		...(when === undefined ? {} : { when }),
		body,
	};
}
