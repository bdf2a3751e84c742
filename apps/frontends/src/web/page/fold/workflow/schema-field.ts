import { isJsonObject, type Json, type JsonObject } from '@errand/core/domain/json.ts';

/** FieldForm is how a value of a JSON Schema is filled in. */
export type FieldForm =
	| { readonly kind: 'choice'; readonly options: readonly Json[] }
	| { readonly kind: 'boolean' | 'number' | 'any' }
	| { readonly kind: 'text'; readonly long: boolean }
	| { readonly kind: 'list'; readonly of: JsonObject }
	| { readonly kind: 'object'; readonly fields: readonly SchemaMember[] };

/** SchemaMember is a member of an object. */
export interface SchemaMember {
	readonly name: string;
	readonly required: boolean;
	readonly schema: JsonObject;
}

const MOST_STEPS = 20;

/** resolved is a schema with its `$ref` followed into `root`, and `null` as an alternative left out. */
export function resolved(schema: JsonObject, root: JsonObject): JsonObject {
	let at = schema;
	for (let steps = 0; steps < MOST_STEPS; steps++) {
		const { $ref, allOf } = at;
		const only = Array.isArray(allOf) && allOf.length === 1 ? (allOf[0] as Json) : soleAlternative(at);
		const { $ref: _ref, allOf: _all, anyOf: _any, oneOf: _one, ...beside } = at;
		if (typeof $ref === 'string' && $ref.startsWith('#')) at = { ...referred(root, $ref), ...beside };
		else if (only !== undefined && isJsonObject(only)) at = { ...only, ...beside };
		else return at;
	}
	return {};
}

function referred(root: JsonObject, ref: string): JsonObject {
	let at: Json | undefined = root;
	for (const key of ref.split('/').slice(1)) {
		const name = decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~');
		at = at !== undefined && isJsonObject(at) ? at[name] : undefined;
	}
	return at !== undefined && isJsonObject(at) ? at : {};
}

/** The one alternative that is not `null`. */
function soleAlternative({ anyOf, oneOf }: JsonObject): Json | undefined {
	const all = Array.isArray(anyOf) ? anyOf : oneOf;
	if (!Array.isArray(all)) return undefined;
	const some = (all as readonly Json[]).filter((one) => !isJsonObject(one) || one['type'] !== 'null');
	return some.length === 1 ? some[0] : undefined;
}

/** formOf tells how a value of a schema is filled in; what no form suits is `any`. */
export function formOf(schema: JsonObject, root: JsonObject): FieldForm {
	const at = resolved(schema, root);
	const options = optionsOf(at, root);
	if (options !== undefined) return { kind: 'choice', options };
	const types = (Array.isArray(at['type']) ? at['type'] : [at['type']]) as readonly Json[];
	const [type, another] = types.filter((one) => one !== 'null');
	if (another !== undefined) return { kind: 'any' };
	switch (type) {
		case 'boolean':
			return { kind: 'boolean' };
		case 'number':
		case 'integer':
			return { kind: 'number' };
		case 'string':
			return { kind: 'text', long: Number(at['maxLength']) >= 1_000 };
		case 'array': {
			const { items } = at;
			return items !== undefined && isJsonObject(items) ? { kind: 'list', of: items } : { kind: 'any' };
		}
		case 'object': {
			const fields = membersOf(at);
			return fields.length > 0 ? { kind: 'object', fields } : { kind: 'any' };
		}
		default:
			return { kind: 'any' };
	}
}

function optionsOf(schema: JsonObject, root: JsonObject): readonly Json[] | undefined {
	if (Array.isArray(schema['enum'])) return schema['enum'];
	if (schema['const'] !== undefined) return [schema['const']];
	const { anyOf } = schema;
	if (!Array.isArray(anyOf)) return undefined;
	const each = (anyOf as readonly Json[]).map((one) =>
		isJsonObject(one) ? optionsOf(resolved(one, root), root) : undefined,
	);
	return each.every((one) => one !== undefined) ? each.flat() : undefined;
}

/** membersOf are the members of an object's schema, those it cannot be without first. */
export function membersOf(schema: JsonObject): readonly SchemaMember[] {
	const { properties, required } = schema;
	if (properties === undefined || !isJsonObject(properties)) return [];
	const needed = Array.isArray(required) ? (required as readonly Json[]) : [];
	const members = Object.entries(properties).flatMap(([name, member]) =>
		isJsonObject(member) ? [{ name, required: needed.includes(name), schema: member }] : [],
	);
	return [...members.filter((one) => one.required), ...members.filter((one) => !one.required)];
}

/** startOf is what a new element of a list begins as. */
export function startOf(schema: JsonObject, root: JsonObject): Json {
	const form = formOf(schema, root);
	if (form.kind === 'object') return {};
	if (form.kind === 'list') return [];
	return form.kind === 'choice' ? (form.options[0] ?? '') : '';
}

/** typed is what somebody typed, as a value: JSON where it is some, and a text otherwise. */
export function typed(text: string): Json | undefined {
	const trimmed = text.trim();
	if (trimmed === '') return undefined;
	if (!/^[\d[{"tfn-]/.test(trimmed)) return text;
	try {
		return JSON.parse(trimmed) as Json;
	} catch {
		return text;
	}
}

/** written is a value as somebody would type it. */
export function written(value: Json | undefined): string {
	if (value === undefined) return '';
	if (typeof value !== 'string') return JSON.stringify(value, null, typeof value === 'object' ? 2 : 0);
	// What would be read as something else keeps its quotes.
	return typed(value) === value ? value : JSON.stringify(value);
}

/** isExpression tells whether a value is a text with `${…}` in it. */
export function isExpression(value: Json | undefined): value is string {
	return typeof value === 'string' && value.includes('${');
}
