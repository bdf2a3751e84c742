import { isJsonObject, type Json, type JsonObject } from '../../domain/json.ts';

/** BoundedSchema is a JSON Schema of others without anything that could take long: `shown` with its notes, `checked` without. */
export interface BoundedSchema {
	readonly shown: JsonObject;
	readonly checked: JsonObject;
}

/**
 * boundedSchema makes a finite tree of a JSON Schema that strangers wrote: references are replaced by what they lead to, what
 * leads into itself and what lies too deep by "anything", and what the schema says that is not known, or could be made to take for
 * ever (patterns), is left out. So it may allow more than was meant, never less. Undefined where it is too large.
 */
export function boundedSchema(schema: JsonObject): BoundedSchema | undefined {
	if (JSON.stringify(schema).length > MAX_LENGTH) return undefined;
	const make = (notes: boolean) => new Reading(schema, notes).read(schema, 0, []);
	return { shown: make(true), checked: make(false) };
}

const MAX_LENGTH = 128 * 1024;
const MAX_NODES = 2_000;
const MAX_DEPTH = 24;
const MAX_ENUM = 500;
const MAX_NOTE_LENGTH = 1_000;
const TYPES: ReadonlySet<Json> = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);
/** Numbers of these bound something; `format` is a remark to JSON Schema, and is one here. */
const LIMITS = ['minItems', 'maxItems', 'minLength', 'maxLength', 'minimum', 'maximum'];
const OPEN_LIMITS = ['exclusiveMinimum', 'exclusiveMaximum'];
const NOTES = ['title', 'description', 'format', 'default'];
/** Of something else than an alternative of the rest there is nothing else to say. */
const ALTERNATIVES = { anyOf: 'anyOf', oneOf: 'anyOf', allOf: 'allOf' } as const;

class Reading {
	readonly #root: JsonObject;
	readonly #notes: boolean;
	#nodes = 0;

	constructor(root: JsonObject, notes: boolean) {
		this.#root = root;
		this.#notes = notes;
	}

	read(schema: Json | undefined, depth: number, within: readonly string[]): JsonObject {
		this.#nodes += 1;
		if (!isJsonObject(schema) || depth > MAX_DEPTH || this.#nodes > MAX_NODES) return {};
		const ref = schema['$ref'];
		if (typeof ref === 'string') {
			const target = within.includes(ref) ? undefined : this.#at(ref);
			return { ...this.read(target, depth + 1, [...within, ref]), ...this.#notesOf(schema) };
		}
		const read: Record<string, Json> = { ...this.#notesOf(schema), ...plainOf(schema) };
		for (const [keyword, meaning] of Object.entries(ALTERNATIVES)) {
			const parts = schema[keyword];
			if (!Array.isArray(parts) || parts.length === 0) continue;
			const known = read[meaning];
			// Two lists of alternatives cannot stand in one place.
			if (known !== undefined) continue;
			read[meaning] = parts.map((part: Json) => this.read(part, depth + 1, within));
		}
		const { items, properties } = schema;
		if (isJsonObject(items)) read['items'] = this.read(items, depth + 1, within);
		else if (read['type'] === 'array') read['items'] = {};
		if (isJsonObject(properties)) read['properties'] = this.#members(properties, depth, within);
		if (read['type'] === 'object' || read['properties'] !== undefined) this.#closeObject(read, schema, depth, within);
		return read;
	}

	#members(properties: JsonObject, depth: number, within: readonly string[]): JsonObject {
		return Object.fromEntries(
			Object.entries(properties)
				.filter(([name]) => name !== '__proto__')
				.map(([name, one]) => [name, this.read(one, depth + 1, within)]),
		);
	}

	#closeObject(read: Record<string, Json>, schema: JsonObject, depth: number, within: readonly string[]): void {
		read['type'] ??= 'object';
		const members = isJsonObject(read['properties']) ? read['properties'] : {};
		const { required, additionalProperties: more } = schema;
		const needed = Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];
		const described = needed.filter((name) => Object.hasOwn(members, String(name)));
		if (described.length > 0) read['required'] = [...new Set(described)];
		// Where nothing is said, JSON Schema lets anything else in; a pattern may have let in what is closed otherwise.
		const closed = more === false && schema['patternProperties'] === undefined;
		read['additionalProperties'] = isJsonObject(more) ? this.read(more, depth + 1, within) : !closed;
	}

	#notesOf(schema: JsonObject): JsonObject {
		if (!this.#notes) return {};
		return Object.fromEntries(
			NOTES.flatMap((key) => {
				const note = schema[key];
				if (note === undefined) return [];
				if (key === 'default') return JSON.stringify(note).length > MAX_NOTE_LENGTH ? [] : [[key, note]];
				return typeof note === 'string' ? [[key, note.slice(0, MAX_NOTE_LENGTH)]] : [];
			}),
		);
	}

	/** What a reference within the document leads to. */
	#at(ref: string): Json | undefined {
		if (!ref.startsWith('#')) return undefined;
		let here: Json | undefined = this.#root;
		for (const part of ref.slice(1).split('/').filter(Boolean)) {
			const key = unescaped(part);
			if (Array.isArray(here)) here = here[Number(key)];
			else here = isJsonObject(here) && Object.hasOwn(here, key) ? here[key] : undefined;
		}
		return here;
	}
}

/** What a schema says of the value itself. */
function plainOf(schema: JsonObject): Record<string, Json> {
	const { type, enum: values, const: only, multipleOf } = schema;
	const plain: Record<string, Json> = {};
	const types = (Array.isArray(type) ? type : [type]).filter((one) => one !== undefined && TYPES.has(one)) as Json[];
	const [single] = types;
	if (schema['nullable'] === true && single !== undefined && !types.includes('null')) types.push('null');
	if (single !== undefined) plain['type'] = types.length === 1 ? single : [...new Set(types)];
	if (isScalar(only)) plain['const'] = only;
	else if (Array.isArray(values) && values.length > 0 && values.length <= MAX_ENUM && values.every(isScalar)) {
		plain['enum'] = [...values];
	}
	for (const key of LIMITS) if (typeof schema[key] === 'number') plain[key] = schema[key];
	for (const key of OPEN_LIMITS) if (typeof schema[key] === 'number') plain[key] = schema[key];
	if (typeof multipleOf === 'number' && multipleOf > 0) plain['multipleOf'] = multipleOf;
	return plain;
}

function isScalar(value: Json | undefined): value is string | number | boolean | null {
	return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function unescaped(part: string): string {
	try {
		return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
	} catch {
		return part;
	}
}
