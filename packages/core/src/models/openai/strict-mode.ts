import { isJsonObject, type Json } from '../../domain/json.ts';

/**
 * fitsStrictMode tells whether OpenAI's strict mode takes a schema
 * (https://platform.openai.com/docs/guides/structured-outputs#supported-schemas): an object at the root, every property
 * of every object required, no others allowed, and no keyword it does not know.
 */
export function fitsStrictMode(schema: Json): boolean {
	return isJsonObject(schema) && schema['type'] === 'object' && fits(schema);
}

function fits(schema: Json): boolean {
	if (!isJsonObject(schema) || Object.keys(schema).some((key) => !KNOWN.has(key))) return false;
	if (!('type' in schema || 'anyOf' in schema || '$ref' in schema || 'enum' in schema || 'const' in schema))
		return false;
	const { properties, required, items, anyOf, $defs } = schema;
	if (isObjectType(schema['type'])) {
		if (schema['additionalProperties'] !== false || !isJsonObject(properties) || !Array.isArray(required)) return false;
		if (Object.keys(properties).some((name) => !required.includes(name))) return false;
	}
	return (
		everyValue(properties) &&
		everyValue($defs) &&
		(items === undefined || fits(items)) &&
		(anyOf === undefined || (Array.isArray(anyOf) && anyOf.every(fits)))
	);
}

function everyValue(schemas: Json | undefined): boolean {
	return schemas === undefined || (isJsonObject(schemas) && Object.values(schemas).every(fits));
}

function isObjectType(type: Json | undefined): boolean {
	return type === 'object' || (Array.isArray(type) && type.includes('object'));
}

const KNOWN: ReadonlySet<string> = new Set([
	'$defs',
	'$ref',
	'additionalProperties',
	'anyOf',
	'const',
	'description',
	'enum',
	'exclusiveMaximum',
	'exclusiveMinimum',
	'format',
	'items',
	'maxItems',
	'maximum',
	'minItems',
	'minimum',
	'multipleOf',
	'pattern',
	'properties',
	'required',
	'title',
	'type',
]);
