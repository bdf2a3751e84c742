import type { ErrorCode } from '@errand/core/domain/errors.ts';
import type { JsonObject } from '@errand/core/domain/json.ts';
import type { z } from 'zod';
import { ERROR_STATUS } from '../http/error-status.ts';
import { PROBLEM_TYPE, ProblemSchema } from '../http/problem.ts';
import type { ResponseDoc, RouteDoc } from '../http/route.ts';
import { OpenAiErrorSchema } from '../openai/openai-error.ts';
import { inputSchema, outputSchema, SchemaShelf } from './json-schema.ts';

/** openApiDocument describes a table of routes as OpenAPI 3.1, from the very schemas that the routes parse with. */
export function openApiDocument(routes: readonly RouteDoc[]): JsonObject {
	const shelf = new SchemaShelf();
	shelf.add('Problem', outputSchema(ProblemSchema));
	shelf.add('OpenAiError', outputSchema(OpenAiErrorSchema));
	const paths: Record<string, Record<string, JsonObject>> = {};
	for (const route of routes) {
		const path = route.path.replace(/:(\w+)/g, '{$1}');
		paths[path] = { ...paths[path], [route.method]: operation(route, shelf) };
	}
	return {
		openapi: '3.1.0',
		info: {
			title: 'Errand',
			version: '1',
			description: 'Submit tasks, follow them, answer their questions. Errors are `application/problem+json`.',
		},
		servers: [{ url: '/' }],
		security: [{ token: [] }, { login: [] }],
		tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
		paths,
		components: {
			securitySchemes: {
				token: { type: 'http', scheme: 'bearer' },
				login: { type: 'apiKey', in: 'cookie', name: 'errand_<port>', description: 'Set by `POST /login`.' },
			},
			schemas: shelf.schemas,
		},
	};
}

// What any route may answer, by how it is reached.
const EVERYWHERE: readonly ErrorCode[] = ['invalid-input', 'forbidden', 'internal', 'shutting-down'];
const WITH_TOKEN: readonly ErrorCode[] = ['unauthorized', 'rate-limited'];

function operation(route: RouteDoc, shelf: SchemaShelf): JsonObject {
	const name = route.operationId.charAt(0).toUpperCase() + route.operationId.slice(1);
	const parameters = [
		...parametersOf(route.params, 'path', shelf),
		...parametersOf(route.query, 'query', shelf),
		...parametersOf(route.headers, 'header', shelf),
	];
	return {
		operationId: route.operationId,
		summary: route.summary,
		tags: [route.tag],
		...(route.access === 'open' ? { security: [] } : {}),
		...(parameters.length > 0 ? { parameters } : {}),
		...(route.body === undefined
			? {}
			: {
					requestBody: {
						required: true,
						content: {
							'application/json': { schema: shelf.add(`${name}Body`, inputSchema(route.body)) },
							...Object.fromEntries((route.textTypes ?? []).map((type) => [type, { schema: { type: 'string' } }])),
						},
					},
				}),
		responses: { ...answers(route, name, shelf), ...refusals(route) },
	};
}

function parametersOf(
	schema: z.ZodObject | undefined,
	place: 'path' | 'query' | 'header',
	shelf: SchemaShelf,
): JsonObject[] {
	if (schema === undefined) return [];
	const { properties, required } = inputSchema(schema) as {
		properties: Record<string, JsonObject>;
		required?: string[];
	};
	return Object.entries(properties).map(([name, { description, ...rest }]) => ({
		name,
		in: place,
		required: place === 'path' || (required ?? []).includes(name),
		...(description === undefined ? {} : { description }),
		schema: shelf.inline(rest),
	}));
}

function answers(route: RouteDoc, name: string, shelf: SchemaShelf): Record<string, JsonObject> {
	return Object.fromEntries(
		Object.entries(route.responses).map(([status, response]) => [status, answer(response, `${name}${status}`, shelf)]),
	);
}

function answer({ description, schema, types = [] }: ResponseDoc, name: string, shelf: SchemaShelf): JsonObject {
	const content: Record<string, JsonObject> = {};
	if (schema !== undefined) content['application/json'] = { schema: shelf.add(name, outputSchema(schema)) };
	for (const type of types) content[type] = { schema: { type: 'string' } };
	return { description, ...(Object.keys(content).length > 0 ? { content } : {}) };
}

function refusals(route: RouteDoc): Record<string, JsonObject> {
	const codes = [...EVERYWHERE, ...(route.access === 'open' ? [] : WITH_TOKEN), ...route.errors];
	const byStatus = new Map<number, ErrorCode[]>();
	for (const code of new Set(codes)) {
		const { status } = ERROR_STATUS[code];
		byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
	}
	const content: Record<string, JsonObject> =
		route.refusals === 'openai'
			? { 'application/json': { schema: { $ref: '#/components/schemas/OpenAiError' } } }
			: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } };
	return Object.fromEntries(
		[...byStatus]
			.filter(([status]) => !(status in route.responses))
			.map(([status, names]) => [status, { description: names.map((code) => `\`${code}\``).join(', '), content }]),
	);
}
