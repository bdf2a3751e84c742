import { isJsonObject, type JsonObject } from '../../domain/json.ts';
import { definitionsOf, referredName, schemasIn } from './json-schema.ts';

/** Place is one thing a value may be: a schema without alternatives, and the definitions its references point into. */
export interface Place {
	readonly schema: JsonObject;
	readonly defs: JsonObject;
}

/** MAX_ALTERNATIVES keeps schemas that branch again and again from multiplying; past it anything is believed. */
const MAX_ALTERNATIVES = 64;
const MAX_NESTED_LISTS = 8;
const ANYTHING: Place = { schema: {}, defs: {} };

/** placesOf takes a schema's alternatives and references apart. */
export function placesOf(root: JsonObject): Place[] {
	return expand({ schema: root, defs: definitionsOf(root) }, 0);
}

/**
 * placesAt is everything a path into a value may lead to, as `valueAt` follows it: a key that is no index maps over a list.
 * None means that nothing can ever be there.
 */
export function placesAt(places: readonly Place[], path: readonly string[]): Place[] {
	let here = [...places];
	for (const key of path) here = stepInto(here, key, 0);
	return here;
}

/** itemsOf is everything an element of a list may be; none where there is no list. */
export function itemsOf(places: readonly Place[]): Place[] {
	return places.flatMap((place) => {
		if (isOpen(place)) return [ANYTHING];
		return typesOf(place).includes('array') ? elements(place) : [];
	});
}

/** listOf is the list of what a step gives, for a step that runs once for each item. */
export function listOf(root: JsonObject): JsonObject {
	const { $defs: defs, ...own } = root;
	return { type: 'array', items: own, ...(isJsonObject(defs) ? { $defs: defs } : {}) };
}

/** isOpen tells a place that says nothing about its value. */
export function isOpen({ schema }: Place): boolean {
	return schema['type'] === undefined && schema['const'] === undefined && schema['enum'] === undefined;
}

/** typesOf lists the JSON types a place allows; an integer is a number. */
export function typesOf({ schema }: Place): string[] {
	const { type } = schema;
	if (type === undefined) return literalTypes(schema);
	const types = Array.isArray(type) ? type : [type];
	return types.flatMap((one) => (typeof one === 'string' ? [one === 'integer' ? 'number' : one] : []));
}

function literalTypes(schema: JsonObject): string[] {
	const values = Array.isArray(schema['enum']) ? schema['enum'] : [schema['const'] ?? null];
	return [...new Set(values.map((value) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)))];
}

function expand({ schema, defs }: Place, depth: number): Place[] {
	if (depth > 16) return [ANYTHING];
	const name = referredName(schema);
	if (name !== undefined) {
		const target = defs[name];
		return isJsonObject(target) ? expand({ schema: target, defs }, depth + 1) : [ANYTHING];
	}
	// What must hold several things at once is believed.
	if (schema['allOf'] !== undefined || schema['$ref'] !== undefined) return [ANYTHING];
	const alternatives = [...schemasIn(schema['anyOf']), ...schemasIn(schema['oneOf'])];
	if (alternatives.length === 0) return [{ schema, defs }];
	const found = alternatives.flatMap((one) => expand({ schema: one, defs }, depth + 1));
	return found.length > MAX_ALTERNATIVES ? [ANYTHING] : found;
}

function stepInto(places: readonly Place[], key: string, lists: number): Place[] {
	// A list of itself has no innermost list.
	if (lists > MAX_NESTED_LISTS) return [ANYTHING];
	const found = places.flatMap((place) => step(place, key, lists));
	return found.length > MAX_ALTERNATIVES ? [ANYTHING] : found;
}

function step(place: Place, key: string, lists: number): Place[] {
	if (isOpen(place)) return [ANYTHING];
	const types = typesOf(place);
	const found: Place[] = [];
	if (types.includes('object')) found.push(...member(place, key));
	if (types.includes('array')) {
		const inside = elements(place);
		found.push(...(/^(?:0|[1-9]\d{0,9})$/.test(key) ? inside : mapped(stepInto(inside, key, lists + 1))));
	}
	return found;
}

function member({ schema, defs }: Place, key: string): Place[] {
	const properties = schema['properties'];
	if (isJsonObject(properties) && Object.hasOwn(properties, key)) {
		const property = properties[key];
		return isJsonObject(property) ? expand({ schema: property, defs }, 0) : [ANYTHING];
	}
	const rest = schema['additionalProperties'];
	if (isJsonObject(rest)) return expand({ schema: rest, defs }, 0);
	// An object without any description may hold anything; one with properties alone holds those.
	return rest === true || (!isJsonObject(properties) && rest === undefined) ? [ANYTHING] : [];
}

function elements({ schema, defs }: Place): Place[] {
	if (schema['prefixItems'] !== undefined) return [ANYTHING];
	const { items } = schema;
	return isJsonObject(items) ? expand({ schema: items, defs }, 0) : [ANYTHING];
}

/** What a key leads to in each element, as a list. */
function mapped(found: readonly Place[]): Place[] {
	return found.map(({ schema, defs }) => ({ schema: { type: 'array', items: schema }, defs }));
}
