import { isJsonObject, type Json, type JsonObject } from '../../domain/json.ts';
import { referredName, SHARED, schemasIn } from './json-schema.ts';

/** How deep a shape is shown before `…` stands for the rest. */
const MAX_DEPTH = 4;

/** showShape writes a JSON Schema as a short type: `{title: text, links: [{text: text, url: text}], date?: text}`. */
export function showShape(schema: JsonObject, depth = 0): string {
	const name = referredName(schema);
	if (name !== undefined) return name in SHARED ? name : 'any';
	const alternatives = [...schemasIn(schema['anyOf']), ...schemasIn(schema['oneOf'])];
	if (alternatives.length > 0) return union(alternatives.map((one) => showShape(one, depth)));
	if (Array.isArray(schema['enum'])) return union(schema['enum'].map((value: Json) => JSON.stringify(value)));
	if (schema['const'] !== undefined) return JSON.stringify(schema['const']);
	const { type } = schema;
	if (Array.isArray(type)) return union(type.map((one: Json) => showShape({ ...schema, type: one }, depth)));
	switch (type) {
		case 'object':
			return showObject(schema, depth);
		case 'array':
			return isJsonObject(schema['items']) ? `[${showShape(schema['items'], depth)}]` : '[any]';
		case 'string':
			return 'text';
		case 'integer':
			return 'number';
		case undefined:
			return 'any';
		default:
			return String(type);
	}
}

function showObject(schema: JsonObject, depth: number): string {
	const { properties, required } = schema;
	if (!isJsonObject(properties) || Object.keys(properties).length === 0) return '{…}';
	if (depth >= MAX_DEPTH) return '{…}';
	const needed = new Set<Json>(Array.isArray(required) ? required : []);
	const members = Object.entries(properties).map(
		([key, value]) =>
			`${key}${needed.has(key) ? '' : '?'}: ${isJsonObject(value) ? showShape(value, depth + 1) : 'any'}`,
	);
	return `{${members.join(', ')}}`;
}

function union(words: readonly string[]): string {
	return [...new Set(words)].join(' | ');
}
