import { asTaskId } from '@errand/core/domain/ids.ts';
import { parseInput } from '@errand/core/domain/parse-input.ts';
import { INBOUND_LIMITS } from '@errand/frontends/web/inbound.ts';
import { z } from 'zod';
import { type Route, route } from '../route.ts';
import { SubmitTaskSchema, TaskSchema, TaskSummarySchema } from '../schemas/task.ts';

/** TaskParams parses the path of every call about one task. */
export const TaskParams = z.object({ id: z.string().min(1).max(200).transform(asTaskId) });
/** PageQuery parses which page of a list is wanted. */
export const PageQuery = z.strictObject({
	before: z.coerce.number().int().min(0).optional().describe('`next` of the page before.'),
	limit: z.coerce.number().int().min(1).max(200).default(50),
});
const SubmitHeaders = z.object({
	'idempotency-key': z.string().min(1).max(200).optional().describe('The same key again gives the same task.'),
});

/** TASK documents an answer that shows a task. */
export const TASK = { 200: { description: 'The task as it is now.', schema: TaskSchema } };

/** TASK_ROUTES submit, list and show tasks. */
export const TASK_ROUTES: readonly Route[] = [
	route(
		{
			method: 'post',
			path: '/v1/tasks',
			operationId: 'submitTask',
			summary: 'Submit a goal, or run a workflow; it is durable when this answers.',
			tag: 'tasks',
			access: 'person',
			headers: SubmitHeaders,
			body: SubmitTaskSchema,
			bodyLimit: INBOUND_LIMITS.bodyBytes,
			responses: { 202: { description: 'Accepted.', schema: z.object({ id: z.string() }) } },
			errors: [
				'empty-goal',
				'too-large',
				'invalid-plan',
				'unknown-capability',
				'unsupported-type',
				'disk-full',
				'unknown-workflow',
				'invalid-workflow',
				'not-possible',
			],
		},
		async ({ tasks, workflows }, { caller, body, request }) => {
			const { 'idempotency-key': idempotencyKey } = parseInput(SubmitHeaders, request.headers, 'The headers');
			const { workflow, input = {}, goal, attachments, plan, ...rest } = body;
			const { id, duplicate } =
				workflow === undefined
					? await tasks.submit(caller.principal, { ...rest, goal: goal ?? '', attachments, plan, idempotencyKey })
					: await workflows.run(caller.principal, { ...rest, name: workflow, input, goal, idempotencyKey });
			return {
				status: 202,
				json: { id },
				headers: { Location: `/v1/tasks/${id}`, ...(duplicate ? { 'Idempotency-Replayed': 'true' } : {}) },
			};
		},
	),
	route(
		{
			method: 'get',
			path: '/v1/tasks',
			operationId: 'listTasks',
			summary: 'List your tasks, newest first.',
			tag: 'tasks',
			access: 'person',
			query: PageQuery,
			responses: {
				200: {
					description: 'A page of tasks; `next` leads to the following one.',
					schema: z.object({ tasks: z.array(TaskSummarySchema), next: z.int().optional() }),
				},
			},
			errors: [],
		},
		async ({ tasks }, { caller, query }) => ({ status: 200, json: await tasks.list(caller.principal, query) }),
	),
	route(
		{
			method: 'get',
			path: '/v1/tasks/:id',
			operationId: 'getTask',
			summary: 'Show one task.',
			tag: 'tasks',
			access: 'person',
			params: TaskParams,
			responses: TASK,
			errors: ['unknown-task'],
		},
		async ({ tasks }, { caller, params }) => ({ status: 200, json: await tasks.view(caller.principal, params.id) }),
	),
];
