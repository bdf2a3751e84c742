import type { TaskId } from '@errand/core/domain/ids.ts';
import { asStepId, asTaskId } from '@errand/core/domain/ids.ts';
import { parseInput } from '@errand/core/domain/parse-input.ts';
import { INBOUND_LIMITS } from '@errand/frontends/web/inbound.ts';
import { z } from 'zod';
import type { Caller } from '../../auth/authenticator.ts';
import { type Answer, type Route, route } from '../route.ts';
import {
	AnswerSchema,
	ApprovalSchema,
	PlanEditSchema,
	SubmitTaskSchema,
	TaskSchema,
	TaskSummarySchema,
} from '../schemas/task.ts';
import type { HttpServices } from '../services.ts';

/** TaskParams parses the path of every call about one task. */
export const TaskParams = z.object({ id: z.string().min(1).max(200).transform(asTaskId) });
const StepParams = TaskParams.extend({ stepId: z.string().min(1).max(200).transform(asStepId) });
const PageQuery = z.strictObject({
	before: z.coerce.number().int().min(0).optional().describe('`next` of the page before.'),
	limit: z.coerce.number().int().min(1).max(200).default(50),
});
const SubmitHeaders = z.object({
	'idempotency-key': z.string().min(1).max(200).optional().describe('The same key again gives the same task.'),
});

const TASK = { 200: { description: 'The task as it is now.', schema: TaskSchema } };

/** TASK_ROUTES submit, show and steer tasks. */
export const TASK_ROUTES: readonly Route[] = [
	route(
		{
			method: 'post',
			path: '/v1/tasks',
			operationId: 'submitTask',
			summary: 'Submit a goal; it is durable when this answers.',
			tag: 'tasks',
			access: 'person',
			headers: SubmitHeaders,
			body: SubmitTaskSchema,
			bodyLimit: INBOUND_LIMITS.bodyBytes,
			responses: { 202: { description: 'Accepted.', schema: z.object({ id: z.string() }) } },
			errors: ['empty-goal', 'too-large', 'invalid-plan', 'unknown-capability', 'unsupported-type', 'disk-full'],
		},
		async ({ tasks }, { caller, body, request }) => {
			const { 'idempotency-key': idempotencyKey } = parseInput(SubmitHeaders, request.headers, 'The headers');
			const { id, duplicate } = await tasks.submit(caller.principal, { ...body, idempotencyKey });
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
	route(
		{
			method: 'post',
			path: '/v1/tasks/:id/cancel',
			operationId: 'cancelTask',
			summary: 'Cancel a task; running steps are told to stop at once.',
			tag: 'tasks',
			access: 'person',
			params: TaskParams,
			responses: TASK,
			errors: ['unknown-task', 'not-possible'],
		},
		async (services, { caller, params }) => {
			await services.tasks.cancel(caller.principal, params.id);
			return current(services, caller, params.id);
		},
	),
	route(
		{
			method: 'post',
			path: '/v1/tasks/:id/retry',
			operationId: 'retryTask',
			summary: 'Run an ended task again from the point of failure.',
			tag: 'tasks',
			access: 'person',
			params: TaskParams,
			responses: TASK,
			errors: ['unknown-task', 'not-possible'],
		},
		async (services, { caller, params }) => {
			await services.tasks.retry(caller.principal, params.id);
			return current(services, caller, params.id);
		},
	),
	route(
		{
			method: 'post',
			path: '/v1/tasks/:id/input',
			operationId: 'answerQuestion',
			summary: 'Answer a question of a task.',
			tag: 'tasks',
			access: 'person',
			params: TaskParams,
			body: AnswerSchema,
			responses: TASK,
			errors: ['unknown-task', 'unknown-question', 'not-possible', 'too-large', 'unsupported-type'],
		},
		async (services, { caller, params, body }) => {
			await services.tasks.answer(caller.principal, params.id, body.questionId, body.answer);
			return current(services, caller, params.id);
		},
	),
	route(
		{
			method: 'post',
			path: '/v1/tasks/:id/approve',
			operationId: 'approve',
			summary: 'Approve or refuse what a question of kind `approval` asks.',
			tag: 'tasks',
			access: 'person',
			params: TaskParams,
			body: ApprovalSchema,
			responses: TASK,
			errors: ['unknown-task', 'unknown-question', 'not-possible', 'unsupported-type'],
		},
		async (services, { caller, params, body }) => {
			await services.tasks.answer(caller.principal, params.id, body.questionId, body.decision);
			return current(services, caller, params.id);
		},
	),
	route(
		{
			method: 'patch',
			path: '/v1/tasks/:id/plan',
			operationId: 'editPlan',
			summary: 'Edit steps that have not started.',
			tag: 'plans',
			access: 'person',
			params: TaskParams,
			body: PlanEditSchema,
			responses: TASK,
			errors: [
				'unknown-task',
				'unknown-step',
				'version-conflict',
				'not-possible',
				'invalid-plan',
				'unknown-capability',
				'too-large',
				'unsupported-type',
			],
		},
		async (services, { caller, params, body }) => {
			await services.tasks.editPlan(caller.principal, params.id, body.baseVersion, body.ops);
			return current(services, caller, params.id);
		},
	),
	route(
		{
			method: 'post',
			path: '/v1/tasks/:id/steps/:stepId/skip',
			operationId: 'skipStep',
			summary: 'Go on without a step.',
			tag: 'plans',
			access: 'person',
			params: StepParams,
			responses: TASK,
			errors: ['unknown-task', 'unknown-step', 'not-possible'],
		},
		async (services, { caller, params }) => {
			await services.tasks.skipStep(caller.principal, params.id, params.stepId);
			return current(services, caller, params.id);
		},
	),
	route(
		{
			method: 'post',
			path: '/v1/tasks/:id/steps/:stepId/retry',
			operationId: 'retryStep',
			summary: 'Run a failed step again.',
			tag: 'plans',
			access: 'person',
			params: StepParams,
			responses: TASK,
			errors: ['unknown-task', 'unknown-step', 'not-possible'],
		},
		async (services, { caller, params }) => {
			await services.tasks.retryStep(caller.principal, params.id, params.stepId);
			return current(services, caller, params.id);
		},
	),
];

async function current(services: HttpServices, caller: Caller, task: TaskId): Promise<Answer> {
	return { status: 200, json: await services.tasks.view(caller.principal, task) };
}
