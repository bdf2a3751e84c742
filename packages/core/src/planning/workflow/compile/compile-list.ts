import type { StepId } from '../../../domain/ids.ts';
import type { Json } from '../../../domain/json.ts';
import type { PlanStep } from '../../../domain/task/plan.ts';
import { dependenciesOf } from '../../../domain/task/step-references.ts';
import type { WorkflowStep } from '../../../domain/workflow/definition.ts';
import { parseExpression } from '../expression/parse-expression.ts';
import { idOf, kindOf, listsOf } from '../step-kind.ts';
import { type CompiledList, didYouMean, type ListTools } from './compilation.ts';
import { compileStep } from './compile-step.ts';
import { findCycle } from './find-cycle.ts';
import { type Scope, withNames } from './scope.ts';

/** Names that expressions have for other things than steps. */
const RESERVED: ReadonlySet<string> = new Set([
	'input',
	'kept',
	'item',
	'previous',
	'self',
	'true',
	'false',
	'null',
	'in',
	'cel',
]);

/** compileList compiles steps that stand in one list, in their order: each after those it names and those it looks at. */
export function compileList(list: readonly WorkflowStep[], tools: ListTools): CompiledList {
	const { compilation, place, within } = tools;
	const ids = list.map((step, index) => compilation.ids.make(idOf(step, index), within));
	for (const [index, id] of ids.entries()) compilation.places.set(id, [...place, index]);
	checkIds(list, tools);
	const gives = list.map((step, index): Json => ({ $from: ids[index] + (kindOf(step).kind === 'ask' ? ANSWER : '') }));
	const scope = scopeOf(list, gives, tools.scope);
	const wanted = list.map((step, index) => wantedBefore(step, index, list, tools));
	const indexes = new Map<string, number>(ids.map((id, index) => [id, index]));
	const edges: number[][] = [];
	const steps: PlanStep[] = [];
	for (const [index, step] of list.entries()) {
		const id = ids[index];
		if (id === undefined || compilation.ids.exhausted || compilation.problems.isFull) break;
		const made = compileStep(step, { compilation, scope, place: [...place, index], id });
		const own = new Set<string>(made.map((part) => part.id));
		const roots = made.map((part) => rootsOfStep(part.step));
		const looked = new Set(roots.flat());
		const before = (wanted[index] ?? []).map((other) => ids[other]).filter((other) => other !== undefined);
		for (const [at, { step: part, id: partId, inOrder }] of made.entries()) {
			const seen = (roots[at] ?? []).filter((root) => root !== partId && (own.has(root) || indexes.has(root)));
			const dependsOn = [...new Set([...(inOrder ? before : []), ...part.dependsOn, ...seen])] as StepId[];
			steps.push({ ...part, dependsOn });
		}
		edges.push([...new Set([...(wanted[index] ?? []), ...[...looked].flatMap((root) => indexes.get(root) ?? [])])]);
	}
	sayCycle(list, ids, edges, wanted, tools);
	return { steps, scope, gives };
}

const ANSWER = '.answers.0.answer';

function scopeOf(list: readonly WorkflowStep[], gives: readonly Json[], outer: Scope): Scope {
	const named = list.flatMap((step, index) =>
		step.id === undefined ? [] : [[step.id, gives[index] ?? null] as const],
	);
	const inside = new Map(outer.inside);
	for (const step of list) for (const inner of innerIds(step)) inside.set(inner, step.id ?? titleOfKind(step));
	return { ...withNames(outer, named), inside };
}

function titleOfKind(step: WorkflowStep): string {
	return kindOf(step).kind;
}

function innerIds(step: WorkflowStep): string[] {
	return listsOf(step).flatMap(({ steps }) =>
		steps.flatMap((inner) => [...(inner.id === undefined ? [] : [inner.id]), ...innerIds(inner)]),
	);
}

function checkIds(list: readonly WorkflowStep[], { compilation: { problems }, place }: ListTools): void {
	const seen = new Set<string>();
	for (const [index, step] of list.entries()) {
		const { id } = step;
		if ('each' in step && step.as !== undefined && isReserved(step.as))
			problems.say([...place, index, 'as'], reserved(step.as));
		if (id === undefined) continue;
		if (isReserved(id) || id === 'item') problems.say([...place, index, 'id'], reserved(id));
		else if (seen.has(id)) problems.say([...place, index, 'id'], `Two steps of this list have the id \`${id}\`.`);
		seen.add(id);
	}
}

const reserved = (name: string) => `\`${name}\` has a meaning of its own in expressions; use another name.`;

/** CEL keeps some words for itself, too. */
function isReserved(name: string): boolean {
	return (RESERVED.has(name) && name !== 'item') || !parseExpression(name).ok;
}

/** The steps of the list that the list itself, or `after`, puts before this one. */
function wantedBefore(step: WorkflowStep, index: number, list: readonly WorkflowStep[], tools: ListTools): number[] {
	if (step.after === undefined) return tools.parallel || index === 0 ? [] : [index - 1];
	return step.after.flatMap((id, at) => {
		const found = list.findIndex((other) => other.id === id);
		if (found !== -1) return [found];
		const known = list.flatMap((other) => other.id ?? []);
		tools.compilation.problems.say(
			[...tools.place, index, 'after', at],
			`There is no step \`${id}\` in this list${didYouMean(id, known)}`,
		);
		return [];
	});
}

/** What a step of a plan looks at outside itself, its inner steps included. */
function rootsOfStep(step: PlanStep): StepId[] {
	return dependenciesOf({ ...step, dependsOn: [] });
}

function sayCycle(
	list: readonly WorkflowStep[],
	ids: readonly StepId[],
	edges: readonly (readonly number[])[],
	wanted: readonly (readonly number[])[],
	{ compilation: { problems }, place }: ListTools,
): void {
	const cycle = findCycle(edges);
	if (cycle === undefined) return;
	const [first = 0] = cycle;
	const names = [...cycle, first].map((index) => `\`${list[index]?.id ?? ids[index]}\``);
	const byOrder = cycle.find((index, at) => {
		const next = cycle[(at + 1) % cycle.length];
		return list[index]?.after === undefined && next === index - 1 && wanted[index]?.includes(next) === true;
	});
	if (byOrder !== undefined && cycle.length === 2) {
		const [one, other] = [list[byOrder - 1]?.id ?? ids[byOrder - 1], list[byOrder]?.id ?? ids[byOrder]];
		const message = `\`${one}\` looks at \`${other}\`, which comes after it; move it up, or say with \`after\` what each waits for.`;
		return problems.say([...place, byOrder - 1], message);
	}
	problems.say([...place, first], `Steps wait for each other in a circle: ${names.join(' → ')}.`);
}
