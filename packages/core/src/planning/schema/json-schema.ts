import { z } from 'zod';
import { ArtifactRefSchema, DocumentSchema, SourceSchema } from '../../domain/document.ts';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json.ts';

/** SHARED names the shapes that many capabilities give and take, so that they are described once. */
export const SHARED: Readonly<Record<string, z.ZodType>> = {
	Document: DocumentSchema,
	Source: SourceSchema,
	File: ArtifactRefSchema,
};

const names = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(SHARED)) names.add(schema, { id });

/** inputSchemaOf is what a schema takes as JSON Schema, with `$ref`s to the shared shapes. */
export function inputSchemaOf(schema: z.ZodType): JsonObject {
	return remembered(INPUTS, schema, 'input');
}

/** outputSchemaOf is what a schema gives as JSON Schema, with `$ref`s to the shared shapes. */
export function outputSchemaOf(schema: z.ZodType): JsonObject {
	return remembered(OUTPUTS, schema, 'output');
}

/** describeAs has a schema described by a JSON Schema that is known already, because it was made from one. */
export function describeAs(schema: z.ZodType, described: JsonObject): void {
	INPUTS.set(schema, described);
	OUTPUTS.set(schema, described);
}

/** definitionsOf are the `$defs` that a schema's references point into. */
export function definitionsOf(schema: JsonObject): JsonObject {
	const defs = schema['$defs'];
	return isJsonObject(defs) ? defs : {};
}

/** referredName is the name in `{"$ref": "#/$defs/<name>"}`; undefined for any other schema. */
export function referredName(schema: JsonObject): string | undefined {
	const ref = schema['$ref'];
	return typeof ref === 'string' && ref.startsWith(DEFS) ? ref.slice(DEFS.length) : undefined;
}

/** schemasIn lists the schemas under a keyword such as `anyOf`. */
export function schemasIn(value: Json | undefined): JsonObject[] {
	return Array.isArray(value) ? value.filter((one) => isJsonObject(one)) : [];
}

const DEFS = '#/$defs/';
const INPUTS = new WeakMap<z.ZodType, JsonObject>();
const OUTPUTS = new WeakMap<z.ZodType, JsonObject>();

function remembered(shelf: WeakMap<z.ZodType, JsonObject>, schema: z.ZodType, io: 'input' | 'output'): JsonObject {
	const known = shelf.get(schema);
	if (known !== undefined) return known;
	const made = z.toJSONSchema(schema, {
		io,
		unrepresentable: 'any',
		metadata: names,
		// Descriptions stand in the registry that `metadata` replaces.
		override: ({ zodSchema, jsonSchema }) => {
			const description = z.globalRegistry.get(zodSchema)?.description;
			if (description !== undefined) jsonSchema.description = description;
		},
	});
	const { $schema: _, ...rest } = JSON.parse(JSON.stringify(made)) as Record<string, Json>;
	shelf.set(schema, rest);
	return rest;
}
