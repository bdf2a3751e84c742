import { isJsonObject, type JsonObject } from '../../domain/json.ts';
import type { WorkflowPath } from './found-problem.ts';

/** inputSchemaProblems finds what is wrong with the JSON Schema of a workflow's input, which is one of an object. */
export function inputSchemaProblems(
	schema: JsonObject | undefined,
): { readonly place: WorkflowPath; readonly message: string }[] {
	if (schema === undefined) return [];
	const { type, properties, required } = schema;
	if (type !== undefined && type !== 'object')
		return [{ place: ['input', 'type'], message: 'The input is an object: its `properties` are the parameters.' }];
	if (properties === undefined) return [];
	if (!isJsonObject(properties))
		return [{ place: ['input', 'properties'], message: '`properties` is a mapping from parameters to their schemas.' }];
	const wrong = Object.entries(properties).filter(([, property]) => !isJsonObject(property));
	const names = Array.isArray(required) ? required : [];
	const unknown = names.flatMap((name, index) =>
		typeof name === 'string' && Object.hasOwn(properties, name) ? [] : [index],
	);
	return [
		...wrong.map(([name]) => ({
			place: ['input', 'properties', name],
			message: 'A parameter has a schema: `type: string`, for example.',
		})),
		...unknown.map((index) => ({
			place: ['input', 'required', index],
			message: `\`required\` names a parameter that is not among the \`properties\`.`,
		})),
	];
}
