import { isJsonObject, type Json, type JsonObject } from '../../domain/json.ts';
import { isReference, referencesIn } from '../../domain/task/references.ts';
import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import type { WorkflowProblem } from '../../domain/workflow/problem.ts';
import { nearestName } from '../nearest-name.ts';
import { schemaFromJson } from '../schema/from-json-schema.ts';
import { sizeOf } from './compile/room.ts';

/** Whatever a run is given is held against schemas and worked into a plan while others wait. */
const MAX_INPUT = 256_000;

export type CheckedInput =
	| { readonly ok: true; readonly input: Json }
	| { readonly ok: false; readonly problems: readonly WorkflowProblem[] };

/**
 * checkWorkflowInput fills in defaults and holds an input against the workflow's schema; parameters that the schema does not know are
 * refused. With `believe`, what stands at or under a reference fits, and so does a list that holds one.
 */
export function checkWorkflowInput(
	definition: WorkflowDefinition,
	input: Json,
	{ believe = false }: { readonly believe?: boolean } = {},
): CheckedInput {
	if (!isJsonObject(input))
		return { ok: false, problems: [{ message: 'The input is an object with a member for each parameter.' }] };
	if (sizeOf(input, MAX_INPUT) > MAX_INPUT)
		return {
			ok: false,
			problems: [{ message: `The input is larger than ${MAX_INPUT / 1_000} KB; refer to large texts as files.` }],
		};
	const schema = definition.input ?? {};
	const known = closedParameters(definition);
	const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
	const unknown = known === undefined ? [] : Object.keys(input).filter((key) => !known.has(key));
	if (unknown.length > 0)
		return { ok: false, problems: unknown.slice(0, 20).map((key) => unknownParameter(key, [...(known ?? [])])) };
	const filled = withDefaults(input, properties);
	const required = Array.isArray(schema['required']) ? schema['required'] : [];
	const missing = required.filter((key): key is string => typeof key === 'string' && !Object.hasOwn(filled, key));
	const problems: WorkflowProblem[] = missing.map((key) => ({
		message: `The parameter \`${key}\` is needed.`,
		path: key,
	}));
	for (const [key, value] of Object.entries(filled)) {
		const property = properties[key];
		if (property === undefined || !isJsonObject(property) || (believe && referencesIn(value).length > 0)) continue;
		const parsed = schemaOf(property).safeParse(value);
		for (const issue of parsed.success ? [] : parsed.error.issues.slice(0, 5)) {
			const path = [key, ...issue.path.map(String)].join('.');
			problems.push({ message: `\`${path}\`: ${issue.message}.`, path });
		}
	}
	return problems.length === 0 ? { ok: true, input: filled } : { ok: false, problems };
}

/** Of parameters in use; a definition stays the same object as long as nobody changes it. */
const schemas = new WeakMap<JsonObject, ReturnType<typeof schemaFromJson>>();

function schemaOf(property: JsonObject): ReturnType<typeof schemaFromJson> {
	const known = schemas.get(property) ?? schemaFromJson(property);
	schemas.set(property, known);
	return known;
}

/** closedParameters are the parameters of a workflow; undefined where it takes any. */
export function closedParameters({ input }: WorkflowDefinition): ReadonlySet<string> | undefined {
	const properties = input?.['properties'];
	if (input === undefined) return new Set();
	if (input['additionalProperties'] !== undefined && input['additionalProperties'] !== false) return undefined;
	return isJsonObject(properties) ? new Set(Object.keys(properties)) : undefined;
}

function withDefaults(input: JsonObject, properties: JsonObject): JsonObject {
	const missing = Object.entries(properties).flatMap(([key, property]) => {
		if (Object.hasOwn(input, key) || !isJsonObject(property) || property['default'] === undefined) return [];
		return [[key, property['default']] as const];
	});
	return missing.length === 0 || isReference(input)
		? input
		: Object.fromEntries([...Object.entries(input), ...missing]);
}

function unknownParameter(key: string, known: readonly string[]): WorkflowProblem {
	const nearest = nearestName(key, known);
	const rest = known.length === 0 ? 'this workflow takes none' : `there are ${known.join(', ')}`;
	return {
		message: `There is no parameter \`${key}\`; ${nearest === undefined ? rest : `did you mean \`${nearest}\`?`}`,
		path: key,
	};
}
