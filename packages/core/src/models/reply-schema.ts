import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../domain/json.ts';

/**
 * ReplySchema is what a model is asked to hold to. Every property is required and none may be added, because OpenAI's
 * strict mode takes nothing else (https://platform.openai.com/docs/guides/structured-outputs#supported-schemas); a property
 * that may be left out may be null instead, and `withoutNulls` takes such nulls away again before zod looks at the value.
 */
export interface ReplySchema {
	readonly schema: JsonObject;
	withoutNulls(value: Json): Json;
}

/** replySchema derives what a model is asked for from what the code will accept; bounds that strict mode has no words for are left to zod. */
export function replySchema(type: z.ZodType): ReplySchema {
	const known = made.get(type);
	if (known !== undefined) return known;
	const loose = z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' }) as JsonObject;
	const schema = strict(loose);
	const reply = {
		schema: isJsonObject(schema) ? schema : {},
		withoutNulls: (value: Json) => prune(value, loose, loose),
	};
	made.set(type, reply);
	return reply;
}

const made = new WeakMap<z.ZodType, ReplySchema>();

/** Keywords that say nothing a model could hold to, or that strict mode refuses. */
const LEFT_OUT: ReadonlySet<string> = new Set(['$schema', 'default', 'minLength', 'maxLength', 'propertyNames']);

function strict(schema: Json): Json {
	if (!isJsonObject(schema)) return schema;
	const entries = Object.entries(schema).flatMap(([key, value]): [string, Json][] => {
		if (LEFT_OUT.has(key)) return [];
		// zod writes a date's format together with a pattern of a hundred characters that says the same.
		if (key === 'pattern' && 'format' in schema) return [];
		if (key === 'properties' || key === '$defs') return [[key, mapValues(value, strict)]];
		if (key === 'oneOf' || key === 'anyOf') return [['anyOf', Array.isArray(value) ? value.map(strict) : value]];
		if (key === 'items') return [[key, strict(value)]];
		if (key === 'maximum' || key === 'minimum') return Math.abs(Number(value)) >= 2 ** 53 - 1 ? [] : [[key, value]];
		return [[key, value]];
	});
	const made = Object.fromEntries(entries);
	const { properties } = made;
	if (made['type'] !== 'object' || !isJsonObject(properties)) return made;
	const required = Array.isArray(schema['required']) ? schema['required'] : [];
	const all = Object.entries(properties).map(([name, property]): [string, Json] => [
		name,
		required.includes(name) ? property : nullable(property),
	]);
	return {
		...made,
		properties: Object.fromEntries(all),
		required: all.map(([name]) => name),
		additionalProperties: false,
	};
}

function nullable(schema: Json): Json {
	if (acceptsNull(schema)) return schema;
	return isJsonObject(schema) && Array.isArray(schema['anyOf'])
		? { ...schema, anyOf: [...schema['anyOf'], { type: 'null' }] }
		: { anyOf: [schema, { type: 'null' }] };
}

function acceptsNull(schema: Json): boolean {
	if (!isJsonObject(schema)) return true;
	const { type } = schema;
	if (type === 'null' || (Array.isArray(type) && type.includes('null'))) return true;
	const choices = schema['anyOf'] ?? schema['oneOf'];
	if (Array.isArray(choices)) return choices.some(acceptsNull);
	return Object.keys(schema).length === 0;
}

/** Leaves out properties that are null where the code says they may be missing but not null. */
function prune(value: Json, schema: Json | undefined, root: JsonObject): Json {
	const at = resolve(schema, root);
	if (at === undefined) return value;
	if (Array.isArray(value)) return value.map((item: Json) => prune(item, at['items'], root));
	if (!isJsonObject(value)) return value;
	const choices = at['anyOf'] ?? at['oneOf'];
	if (Array.isArray(choices))
		return prune(
			value,
			choices.find((choice: Json) => fits(value, resolve(choice, root))),
			root,
		);
	const properties = at['properties'];
	if (!isJsonObject(properties)) return value;
	const required = Array.isArray(at['required']) ? at['required'] : [];
	const kept = Object.entries(value).flatMap(([name, property]): [string, Json][] => {
		const wanted = Object.hasOwn(properties, name) ? properties[name] : undefined;
		if (wanted === undefined) return [[name, property]];
		if (property === null && !required.includes(name) && !acceptsNull(wanted)) return [];
		return [[name, prune(property, wanted, root)]];
	});
	return Object.fromEntries(kept);
}

/** Which member of a union a value means: an object whose constants agree. */
function fits(value: JsonObject, schema: JsonObject | undefined): boolean {
	if (schema?.['type'] !== 'object' || !isJsonObject(schema['properties'])) return false;
	return Object.entries(schema['properties']).every(
		([name, property]) => !isJsonObject(property) || !('const' in property) || value[name] === property['const'],
	);
}

function resolve(schema: Json | undefined, root: JsonObject): JsonObject | undefined {
	if (!isJsonObject(schema)) return undefined;
	const reference = schema['$ref'];
	if (typeof reference !== 'string') return schema;
	if (reference === '#') return root;
	const definitions = root['$defs'];
	const target = isJsonObject(definitions) ? definitions[reference.replace('#/$defs/', '')] : undefined;
	return isJsonObject(target) ? target : undefined;
}

function mapValues(value: Json, change: (value: Json) => Json): Json {
	if (!isJsonObject(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([key, entry]): [string, Json] => [key, change(entry)]));
}
