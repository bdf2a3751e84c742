import type { Json, JsonObject } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { type GoalValue, goalValues } from './goal-values.ts';

/** Parameter is a value of a goal that a workflow takes as its input. */
export interface Parameter {
	readonly name: string;
	readonly kind: GoalValue['kind'];
	readonly value: string;
	readonly description?: string | undefined;
}

const MAX_PARAMETERS = 12;
const MAX_DESCRIPTION = 200;

/**
 * learnedParameters finds in a goal what its steps' inputs use, each under a name of its own. `proposed` are those that a
 * language model found; they count where they hold what they say, and without any that does, rules find them.
 */
export function learnedParameters(
	goal: string,
	inputs: readonly Json[],
	proposed: readonly Pick<Parameter, 'name' | 'value' | 'description'>[] = [],
): readonly Parameter[] {
	const texts = inputs.flatMap(leaves);
	const isUsed = (value: string) =>
		texts.some((leaf) => (typeof leaf === 'string' ? places(leaf, value).length > 0 : String(leaf) === value));
	const known = soundOnes(goal, proposed, isUsed);
	if (known.length > 0) return known;
	const chosen: Parameter[] = [];
	for (const { kind, name, value } of goalValues(goal)) {
		if (chosen.some((known) => known.value === value)) continue;
		if (isUsed(value)) chosen.push({ name: freeName(name, chosen), kind, value });
	}
	return chosen;
}

/** Names that expressions have for something else. */
const RESERVED = new Set(['true', 'false', 'null', 'in', 'input', 'item', 'kept', 'previous', 'self']);

/** A value has to stand in the goal, and something has to be done with it; a name is one that an expression can have. */
function soundOnes(
	goal: string,
	proposed: readonly Pick<Parameter, 'name' | 'value' | 'description'>[],
	isUsed: (value: string) => boolean,
): readonly Parameter[] {
	const kinds = new Map(goalValues(goal).map(({ kind, value }) => [value, kind]));
	const sound: Parameter[] = [];
	for (const { name, value, description } of proposed.slice(0, MAX_PARAMETERS)) {
		const isName = /^[a-z][a-z0-9_]{0,39}$/i.test(name) && !RESERVED.has(name);
		if (!isName || value.trim() === '' || places(goal, value).length === 0 || !isUsed(value)) continue;
		if (sound.some((one) => one.value === value)) continue;
		const words = description?.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_DESCRIPTION);
		const more = words === undefined || words === '' ? {} : { description: words };
		sound.push({ name: freeName(name, sound), kind: kinds.get(value) ?? 'text', value, ...more });
	}
	return sound;
}

/** withSlots writes `write(parameter)` in the place of each parameter's value in a text. */
export function withSlots(
	text: string,
	parameters: readonly Parameter[],
	write: (parameter: Parameter) => string,
	between: (text: string) => string = (same) => same,
): string {
	// The longest first: a value may stand inside another one.
	const order = parameters.toSorted((one, other) => other.value.length - one.value.length);
	const taken: { readonly start: number; readonly end: number; readonly parameter: Parameter }[] = [];
	for (const parameter of order) {
		for (const start of places(text, parameter.value)) {
			const end = start + parameter.value.length;
			if (!taken.some((other) => start < other.end && other.start < end)) taken.push({ start, end, parameter });
		}
	}
	let at = 0;
	let written = '';
	for (const { start, end, parameter } of taken.toSorted((one, other) => one.start - other.start)) {
		written += between(text.slice(at, start)) + write(parameter);
		at = end;
	}
	return written + between(text.slice(at));
}

/** parameterSchema is the JSON Schema of an input with these parameters. */
export function parameterSchema(parameters: readonly Parameter[]): JsonObject {
	return {
		type: 'object',
		properties: Object.fromEntries(parameters.map((parameter) => [parameter.name, schemaOf(parameter)])),
		required: parameters.map(({ name }) => name),
	};
}

const FORMATS: Readonly<Partial<Record<GoalValue['kind'], string>>> = { url: 'uri', email: 'email' };

function schemaOf({ kind, value, description }: Parameter): JsonObject {
	const said = description === undefined ? {} : { description };
	if (kind === 'number') return { type: 'number', ...said, examples: [Number(value)] };
	const format = FORMATS[kind];
	return { type: 'string', ...said, ...(format === undefined ? {} : { format }), examples: [value] };
}

/** Where a value stands in a text as a whole: `3` is not in `2023`. */
function places(text: string, value: string): number[] {
	const found: number[] = [];
	for (let start = text.indexOf(value); start !== -1; start = text.indexOf(value, start + value.length)) {
		const before = text[start - 1] ?? '';
		const after = text[start + value.length] ?? '';
		if (!(joins(before) && joins(value[0] ?? '')) && !(joins(after) && joins(value.at(-1) ?? ''))) found.push(start);
	}
	return found;
}

function joins(sign: string): boolean {
	return /[\p{L}\p{N}_]/u.test(sign);
}

function freeName(name: string, chosen: readonly Parameter[]): string {
	const taken = new Set(chosen.map((one) => one.name));
	if (!taken.has(name)) return name;
	let number = 2;
	while (taken.has(`${name}${number}`)) number++;
	return `${name}${number}`;
}

function leaves(value: Json): (string | number)[] {
	if (typeof value === 'string' || typeof value === 'number') return [value];
	if (Array.isArray(value)) return (value as readonly Json[]).flatMap(leaves);
	return isJsonObject(value) ? Object.values(value).flatMap(leaves) : [];
}
