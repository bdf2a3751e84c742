import { isJsonObject, type Json, type JsonObject } from '@errand/core/domain/json.ts';
import { z } from 'zod';

/** inputSchema is what a schema takes, as JSON Schema. */
export function inputSchema(schema: z.ZodType): JsonObject {
	return withoutDialect(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

/** outputSchema is what a schema gives, as JSON Schema. */
export function outputSchema(schema: z.ZodType): JsonObject {
	return withoutDialect(z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }));
}

/**
 * SchemaShelf collects the schemas of a document under names. A recursive schema brings definitions of its own, which
 * point into itself; they move to the shelf, equal ones to one place.
 */
export class SchemaShelf {
	readonly schemas: Record<string, JsonObject> = {};
	readonly #names = new Map<string, string>();

	/** Puts a schema on the shelf and returns the reference to it; an equal one is there only once. */
	add(name: string, schema: JsonObject): JsonObject {
		return this.#shelve(name, this.inline(schema));
	}

	/** Shelves only the definitions a schema brings along, and returns the schema pointing at them. */
	inline(schema: JsonObject): JsonObject {
		const { $defs, ...own } = schema;
		if (!isJsonObject($defs)) return own;
		const places = new Map<string, string>();
		for (const [definition, content] of Object.entries($defs)) {
			// A definition that refers to itself has to be named before what it says is known: by what it says under a fixed name.
			const key = JSON.stringify($defs).replaceAll(`#/$defs/${definition}"`, '#self"') + JSON.stringify(content);
			const place = this.#names.get(key) ?? `Definition${this.#names.size + 1}`;
			this.#names.set(key, place);
			places.set(`#/$defs/${definition}`, `#/components/schemas/${place}`);
		}
		for (const [definition, content] of Object.entries($defs)) {
			const place = places.get(`#/$defs/${definition}`)?.split('/').at(-1);
			if (place !== undefined && isJsonObject(content)) this.schemas[place] = redirected(content, places) as JsonObject;
		}
		return redirected(own, places) as JsonObject;
	}

	#shelve(name: string, schema: JsonObject): JsonObject {
		const key = JSON.stringify(schema);
		const place = this.#names.get(key) ?? name;
		this.#names.set(key, place);
		this.schemas[place] = schema;
		return { $ref: `#/components/schemas/${place}` };
	}
}

function withoutDialect(schema: object): JsonObject {
	const { $schema: _, ...rest } = JSON.parse(JSON.stringify(schema)) as Record<string, Json>;
	return rest;
}

function redirected(value: Json, places: ReadonlyMap<string, string>): Json {
	if (Array.isArray(value)) return value.map((item: Json) => redirected(item, places));
	if (!isJsonObject(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, inner]) => [
			key,
			key === '$ref' && typeof inner === 'string' ? (places.get(inner) ?? inner) : redirected(inner, places),
		]),
	);
}
