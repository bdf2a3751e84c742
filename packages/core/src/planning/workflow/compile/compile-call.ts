import type { RetryPolicy } from '../../../domain/capability.ts';
import { DEFAULT_RETRY } from '../../../domain/capability.ts';
import type { Json } from '../../../domain/json.ts';
import type { ForEach, PlanStep, Undo } from '../../../domain/task/plan.ts';
import { isReference } from '../../../domain/task/references.ts';
import type { KindOfStep } from '../step-kind.ts';
import { resolve } from './compilation.ts';
import { compileTemplate } from './compile-template.ts';
import { Computing } from './computing.ts';
import { knownDuration } from './known-duration.ts';
import { beside, type Common, inOrder, type MadeStep, type StepTools, withoutTitle } from './made-step.ts';
import { type Scope, visibleRoots, withNames } from './scope.ts';

type Call = Extract<KindOfStep, { kind: 'use' }>['step'];
type EachCall = Extract<KindOfStep, { kind: 'each-use' }>['step'];

/** compileCall is a step that calls a capability, after what its input has to have worked out. */
export function compileCall(step: Call, tools: StepTools, common: Common): readonly MadeStep[] {
	const { worked, main } = callParts(step, tools, common, tools.scope);
	return [...(worked.step === undefined ? [] : [beside(worked.step)]), inOrder(main)];
}

/** compileEachCall is a step that calls a capability for each element of a list. */
export function compileEachCall(step: EachCall, tools: StepTools, common: Common): readonly MadeStep[] {
	const { compilation, id } = tools;
	const list = compileElements(step, tools, common);
	const { worked, main } = callParts(step, tools, common, list.scope);
	const aux = list.aux.map(beside);
	if (worked.step === undefined) return [...aux, inOrder({ ...main, forEach: list.forEach })];
	if (!worked.roots.has(list.element))
		return [...aux, beside(worked.step), inOrder({ ...main, forEach: list.forEach })];
	// What is worked out differs from element to element: the call and what comes before it become one step, for each.
	const inner = compilation.ids.make(`${id}-one`);
	compilation.places.set(inner, tools.place);
	const { when: _, ...always } = main;
	const call = { ...always, id: inner, dependsOn: [worked.step.id] };
	const { when: __, ...working } = worked.step;
	const body = { steps: [{ ...working, dependsOn: [] }, call], gives: inner };
	const group = { id, capability: 'flow.group', input: {}, dependsOn: [], ...common, forEach: list.forEach, body };
	return [...aux, inOrder(group)];
}

/** Elements is the list that a step goes over, and the scope in which its element has a name. */
export interface Elements {
	readonly forEach: ForEach;
	readonly element: string;
	readonly scope: Scope;
	readonly aux: readonly PlanStep[];
}

/** compileElements finds the list that a step goes over: as another step gives it, or in a step that gives it. */
export function compileElements(
	{
		each,
		as = 'item',
		max,
	}: { readonly each: string; readonly as?: string | undefined; readonly max?: number | undefined },
	{ compilation, scope, place, id }: StepTools,
	common: Common,
): Elements {
	const element = compilation.ids.element(as, visibleRoots(scope));
	const inner = withNames(scope, [[as, { $from: element }]]);
	const found = (aux: readonly PlanStep[], $from: string): Elements => {
		const forEach = {
			$from,
			...(max === undefined ? {} : { maxItems: max }),
			...(element === 'item' ? {} : { as: element }),
		};
		return { forEach, element, scope: inner, aux };
	};
	const text = /^\s*\$\{([\s\S]*)\}\s*$/.exec(each)?.[1] ?? each;
	const resolved = resolve(compilation, scope, { text, place: [...place, 'each'] });
	if (resolved === undefined) return found([], `${id}-each`);
	if (resolved.kind === 'value' && isReference(resolved.value) && Object.keys(resolved.value).length === 1)
		return found([], resolved.value.$from);
	const aux = compilation.ids.make(`${id}-each`);
	const shared = { id: aux, title: 'Work out the list', dependsOn: [], ...withoutTitle(common) };
	if (resolved.kind === 'compute') {
		const computing = new Computing(scope, () => aux);
		const value = computing.add(`\${${text}}`, [resolved.expression]);
		const step = computing.only(aux, shared.title, value, withoutTitle(common));
		return found(step === undefined ? [] : [step], aux);
	}
	const list = resolved.kind === 'value' ? resolved.value : [];
	if (!Array.isArray(list))
		compilation.problems.say(
			[...place, 'each'],
			`\`each\` goes over a list, and this is none: ${JSON.stringify(list).slice(0, 80)}.`,
		);
	return found([{ ...shared, capability: 'flow.value', input: list }], aux);
}

interface CallParts {
	readonly main: PlanStep;
	readonly worked: { readonly step: PlanStep | undefined; readonly roots: ReadonlySet<string> };
}

function callParts(step: Call | EachCall, tools: StepTools, common: Common, scope: Scope): CallParts {
	const { compilation, place, id } = tools;
	const computing = new Computing(scope, () => compilation.ids.make(`${id}-in`));
	const input = compileTemplate({ compilation, scope, computing }, step.with ?? {}, [...place, 'with']) ?? {};
	const undo = step.undo === undefined ? undefined : compileUndo(step, step.undo, { ...tools, scope }, computing);
	const timeoutMs =
		step.timeout === undefined ? undefined : knownDuration(step.timeout, { ...tools, scope }, [...place, 'timeout']);
	const retry = step.retry === undefined ? undefined : retryOf(step.retry, tools);
	const main: PlanStep = {
		id,
		capability: step.use,
		input,
		dependsOn: [],
		...common,
		...(retry === undefined ? {} : { retry }),
		...(timeoutMs === undefined ? {} : { timeoutMs: Math.max(1, timeoutMs) }),
		...(step.effects === undefined ? {} : { effects: step.effects }),
		...(undo === undefined ? {} : { undo }),
	};
	return { main, worked: { step: computing.step('Work out values', withoutTitle(common)), roots: computing.roots() } };
}

function retryOf({ attempts, waits }: NonNullable<Call['retry']>, tools: StepTools): RetryPolicy {
	const waitsMs = waits?.map(
		(wait, index) => knownDuration(wait, tools, [...tools.place, 'retry', 'waits', index]) ?? 0,
	);
	return { maxAttempts: attempts, waitsMs: waitsMs ?? DEFAULT_RETRY.waitsMs };
}

function compileUndo(
	step: Call | EachCall,
	undo: NonNullable<Call['undo']>,
	{ compilation, scope, place }: StepTools,
	computing: Computing,
): Undo {
	const own = step.id === undefined ? [] : [[step.id, { $from: 'self' }] as const];
	const inner = withNames(scope, own);
	const at = [...place, 'undo', 'with'];
	const later = new Computing(inner, () => compilation.ids.make('self'));
	const input: Json = compileTemplate({ compilation, scope: inner, computing: later }, undo.with ?? {}, at) ?? {};
	if (later.isEmpty) return { capability: undo.use, input };
	if (later.roots().has('self')) {
		const message =
			'An `undo` can only take what its own step gave as it is: `${' +
			(step.id ?? 'id') +
			'.path}`, without calculating.';
		compilation.problems.say(at, message);
		return { capability: undo.use, input: {} };
	}
	return { capability: undo.use, input: compileTemplate({ compilation, scope, computing }, undo.with ?? {}, at) ?? {} };
}
