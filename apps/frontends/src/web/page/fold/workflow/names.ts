import { isJsonObject, type Json, type JsonObject } from '@errand/core/domain/json.ts';
import { type Draft, type DraftStep, isParallel, type Path, stepAt, stepsAt, textOf } from './draft.ts';
import { comesAfter } from './list-edges.ts';
import { kindOf, listsOf, stepWords } from './step-kinds.ts';

/** VisibleName is something that an expression at some place may use. */
export interface VisibleName {
	/** As it is written: `read.text`. */
	readonly name: string;
	/** Where it comes from. */
	readonly from: string;
}

/** What is known of a capability's output. */
type OutputOf = (capability: string) => JsonObject | undefined;

/** visibleNames lists what expressions of a step can use: parameters, what other steps give, the element or the round around it. */
export function visibleNames(draft: Draft, path: Path, outputOf: OutputOf): readonly VisibleName[] {
	const names: VisibleName[] = [];
	for (let depth = path.length; depth > 0; depth--) {
		const index = path[depth - 1];
		if (typeof index !== 'number') continue;
		const list = path.slice(0, depth - 1);
		const key = list.at(-1);
		if (key !== 'steps' && key !== 'parallel') continue;
		names.push(...namesBeside(draft, { list, index, outputOf }));
		names.push(...namesAround(stepAt(draft, ownerOf(list))));
	}
	const input = draft['input'];
	const properties = input !== undefined && isJsonObject(input) ? input['properties'] : undefined;
	if (properties !== undefined && isJsonObject(properties)) {
		for (const name of Object.keys(properties)) names.push({ name: `input.${name}`, from: 'parameter' });
	}
	names.push({ name: 'kept', from: 'what the run before left' });
	return names;
}

/** namesAfter lists what the last expression of a list can use: all of its steps, and what is around it. */
export function namesAfter(draft: Draft, list: Path, outputOf: OutputOf): readonly VisibleName[] {
	return visibleNames(draft, [...list, stepsAt(draft, list).length], outputOf);
}

/** The step that a list is in. */
function ownerOf(list: Path): Path {
	return list.slice(0, list.at(-3) === 'choose' ? -3 : -1);
}

function namesBeside(
	draft: Draft,
	{ list, index, outputOf }: { readonly list: Path; readonly index: number; readonly outputOf: OutputOf },
): readonly VisibleName[] {
	const steps = stepsAt(draft, list);
	const later = comesAfter(steps, index, isParallel(list));
	return steps.flatMap((step, at) => {
		const id = textOf(step, 'id');
		if (at === index || id === '' || later.has(at)) return [];
		const from = stepWords(step);
		const fields = kindOf(step) === 'use' ? fieldsOf(outputOf(textOf(step, 'use'))) : [];
		return [{ name: id, from }, ...fields.map((field) => ({ name: `${id}.${field}`, from }))];
	});
}

function namesAround(owner: DraftStep | undefined): readonly VisibleName[] {
	if (owner === undefined) return [];
	const kind = kindOf(owner);
	if (kind === 'each') return [{ name: textOf(owner, 'as') || 'item', from: 'the element' }];
	return kind === 'loop' ? [{ name: 'previous', from: 'what the time before gave' }] : [];
}

function fieldsOf(schema: JsonObject | undefined): readonly string[] {
	const properties = schema?.['properties'];
	return properties !== undefined && isJsonObject(properties)
		? Object.keys(properties).filter((key) => /^[a-z_]\w*$/i.test(key))
		: [];
}

/** Keys of steps that hold an expression without `${}`. */
const BARE: ReadonlySet<string> = new Set(['when', 'each', 'until']);

/** rootsOf lists the names that the expressions of a step begin with, those of the steps inside it too. It reads roughly: for drawing. */
export function rootsOf(step: DraftStep): ReadonlySet<string> {
	const roots = new Set<string>();
	visit(step, '', roots);
	for (const { steps } of listsOf(step)) for (const inner of steps) roots.delete(textOf(inner, 'id'));
	return roots;
}

function visit(value: Json, key: string, roots: Set<string>): void {
	if (typeof value === 'string') {
		const expressions = BARE.has(key) ? [value] : [...value.matchAll(/\$\{([^}]*)\}/g)].map(([, inner = '']) => inner);
		for (const text of expressions) for (const root of rootsIn(text)) roots.add(root);
	} else if (Array.isArray(value)) for (const part of value as readonly Json[]) visit(part, key, roots);
	else if (isJsonObject(value)) for (const [name, part] of Object.entries(value)) visit(part, name, roots);
}

function rootsIn(expression: string): readonly string[] {
	const bare = expression.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""');
	return [...bare.matchAll(/(?<![\w.])[a-z_]\w*\b(?!\s*\()/gi)].map(([name]) => name);
}
