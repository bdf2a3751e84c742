import { z } from 'zod';
import type { JsonObject } from '../../domain/json.ts';
import type { CapabilityDeclaration } from '../../ports/capability.ts';
import { boundedSchema } from './bounded-schema.ts';
import { describeAs, inputSchemaOf, outputSchemaOf } from './json-schema.ts';

/**
 * schemaFromJson is a JSON Schema that others wrote as one of ours. It never throws, and neither building nor checking takes
 * long, whatever the schema says: see `boundedSchema`. One that makes no sense allows any object. Descriptions stay.
 */
export function schemaFromJson(schema: JsonObject): z.ZodType {
	try {
		const bounded = boundedSchema(schema);
		if (bounded === undefined) return anyObject();
		// A registry of its own, because what is not known to it would stand in one that all share.
		const made = z.fromJSONSchema(bounded.checked, { registry: z.registry() });
		describeAs(made, bounded.shown);
		return made;
	} catch {
		return anyObject();
	}
}

/** jsonSchemaOf is what a capability takes and gives as JSON Schema. */
export function jsonSchemaOf({ input, output }: Pick<CapabilityDeclaration, 'input' | 'output'>): {
	readonly input: JsonObject;
	readonly output: JsonObject;
} {
	return { input: inputSchemaOf(input), output: outputSchemaOf(output) };
}

function anyObject(): z.ZodType {
	return z.looseObject({});
}
