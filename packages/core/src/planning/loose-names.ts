import { CapabilityIndex, type CapabilityMatch } from '../domain/dispatch/match-capability.ts';
import { isJsonObject, type Json } from '../domain/json.ts';
import type { PlanStep } from '../domain/task/plan.ts';
import type { CapabilityDeclaration } from '../ports/capability.ts';
import { inputProblems } from './input-problems.ts';
import { inputSchemaOf } from './schema/json-schema.ts';

/**
 * withKnownName gives a step that names a capability loosely the one it means, and keeps what it said in `matchedFrom`.
 * Where it is not clear which one is meant, or the input does not fit that one, the step stays as it is. `missing` are
 * capabilities that exist and are not offered here: a step that means one of those is not given another.
 */
export function withKnownName(
	step: PlanStep,
	catalogue: readonly CapabilityDeclaration[],
	missing: ReadonlyMap<string, string> = new Map(),
): PlanStep {
	const { capability: wanted } = step;
	if (missing.has(wanted) || catalogue.some(({ name }) => name === wanted)) return step;
	const match = matchedName(wanted, catalogue, missing)?.name;
	const meant = catalogue.find(({ name }) => name === match);
	if (meant === undefined || inputProblems(meant, step.input).length > 0) return step;
	return { ...step, capability: meant.name, matchedFrom: wanted };
}

/** withNamesOf takes over the names that admission found, and nothing else of it. */
export function withNamesOf(steps: readonly PlanStep[], admitted: readonly PlanStep[]): readonly PlanStep[] {
	const names = new Map(admitted.map(({ id, capability, matchedFrom }) => [id, { capability, matchedFrom }]));
	return steps.map((step) => {
		const named = names.get(step.id);
		return named?.matchedFrom === undefined ? step : { ...step, ...named };
	});
}

/** matchedName finds the capability that a name means, if there is no doubt which. */
export function matchedName(
	wanted: string,
	catalogue: readonly CapabilityDeclaration[],
	missing: ReadonlyMap<string, string> = new Map(),
): CapabilityMatch | undefined {
	return indexOf(catalogue, missing).match(wanted);
}

/** rankedNames are the capabilities that a text may be about, the likeliest first. */
export function rankedNames(text: string, catalogue: readonly CapabilityDeclaration[]): readonly string[] {
	return indexOf(catalogue, NONE).rank(text);
}

const NONE: ReadonlyMap<string, string> = new Map();
const INDEXES = new WeakMap<readonly CapabilityDeclaration[], { key: string; index: CapabilityIndex }>();

function indexOf(catalogue: readonly CapabilityDeclaration[], missing: ReadonlyMap<string, string>): CapabilityIndex {
	const key = [...missing.keys()].join();
	const made = INDEXES.get(catalogue);
	if (made?.key === key) return made.index;
	const plannable = catalogue.filter(({ unplanned }) => unplanned !== true);
	const offered = plannable.map(({ name, summary, input, effects }) => {
		return { name, summary, effects, fields: wordsOfSchema(inputSchemaOf(input)) };
	});
	const others = [...missing.keys()].map((name) => ({ name, summary: '', effects: 'none', fields: '' }) as const);
	const index = new CapabilityIndex([...offered, ...others]);
	INDEXES.set(catalogue, { key, index });
	return index;
}

const MAX_DEPTH = 6;

/** The names and descriptions of the fields, wherever they stand in a schema. */
function wordsOfSchema(schema: Json | undefined, depth = 0): string {
	if (depth > MAX_DEPTH) return '';
	if (Array.isArray(schema)) return schema.map((part: Json) => wordsOfSchema(part, depth + 1)).join(' ');
	if (!isJsonObject(schema)) return '';
	const { description, properties } = schema as { description?: Json; properties?: Json };
	const fields = isJsonObject(properties) ? properties : {};
	const below = ['items', 'anyOf', 'oneOf', 'allOf'].map((keyword) => wordsOfSchema(schema[keyword], depth + 1));
	const named = Object.entries(fields).map(([name, field]) => `${name} ${wordsOfSchema(field, depth + 1)}`);
	return [typeof description === 'string' ? description : '', ...named, ...below].join(' ');
}
