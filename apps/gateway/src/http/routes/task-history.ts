import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseInput } from '@errand/core/domain/parse-input.ts';
import { z } from 'zod';
import { type Route, route } from '../route.ts';
import { FactSchema } from '../schemas/task.ts';
import { TaskParams } from './tasks.ts';

const EventsQuery = z.strictObject({
	after: z.coerce.number().int().min(0).default(0).describe('Only facts with a greater `seq`.'),
});
const EventsHeaders = z.object({
	'last-event-id': z.coerce
		.number()
		.int()
		.min(0)
		.optional()
		.describe('Sent by EventSource when it connects again; goes before `after`.'),
});

/** TASK_HISTORY_ROUTES show what happened to a task: as JSON, live, and as a signed export. */
export const TASK_HISTORY_ROUTES: readonly Route[] = [
	route(
		{
			method: 'get',
			path: '/v1/tasks/:id/events',
			operationId: 'taskEvents',
			summary: 'The facts of a task; with `Accept: text/event-stream` live, with progress.',
			tag: 'tasks',
			access: 'person',
			params: TaskParams,
			query: EventsQuery,
			headers: EventsHeaders,
			responses: {
				200: {
					description: 'Facts in order. As a stream: `event: fact` with its `seq` as id, and `event: progress`.',
					schema: z.object({
						events: z.array(FactSchema),
						next: z.int().describe('`after` of the following call.'),
					}),
					types: ['text/event-stream'],
				},
			},
			errors: ['unknown-task'],
		},
		async ({ tasks, streams }, { caller, params, query, request, response }) => {
			const { principal } = caller;
			const wanted = request.accepts(['application/json', 'text/event-stream']);
			if (wanted !== 'text/event-stream' || request.method === 'HEAD') {
				return { status: 200, json: await tasks.facts(principal, params.id, query.after) };
			}
			const headers = parseInput(EventsHeaders, request.headers, 'The headers');
			const after = headers['last-event-id'] ?? query.after;
			await streams.open(response, { principal, task: params.id, after });
			return 'written';
		},
	),
	route(
		{
			method: 'get',
			path: '/v1/tasks/:id/audit',
			operationId: 'auditTask',
			summary: 'Export the history of a task as JSON Lines, hash-chained, with the signed head.',
			tag: 'tasks',
			access: 'person',
			params: TaskParams,
			responses: { 200: { description: 'One JSON object a line.', types: ['application/jsonl'] } },
			errors: ['unknown-task'],
		},
		async ({ tasks }, { caller, params, response }) => {
			const lines = await tasks.audit(caller.principal, params.id);
			response.setHeader('Content-Type', 'application/jsonl; charset=utf-8');
			await pipeline(Readable.from(terminated(lines)), response);
			return 'written';
		},
	),
];

async function* terminated(lines: AsyncIterable<string>): AsyncIterable<string> {
	for await (const line of lines) yield `${line}\n`;
}
