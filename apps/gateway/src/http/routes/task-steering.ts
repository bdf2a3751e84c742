import type { ErrorCode } from '@errand/core/domain/errors.ts';
import { asStepId } from '@errand/core/domain/ids.ts';
import type { ITaskDesk, Principal } from '@errand/core/orchestrator/desks/desk.ts';
import { z } from 'zod';
import { type Route, type RouteDoc, route } from '../route.ts';
import { AnswerSchema, ApprovalSchema, PlanEditSchema, TaskEventSchema } from '../schemas/task.ts';
import { TASK, TaskParams } from './tasks.ts';

/** Steps inside steps have the ids of those before their own. */
const StepParams = TaskParams.extend({ stepId: z.string().min(1).max(1_000).transform(asStepId) });

/** STEERING_ROUTES change a task that is there, and answer with how it stands then. */
export const STEERING_ROUTES: readonly Route[] = [
	steering(
		{ path: '/v1/tasks/:id/cancel', operationId: 'cancelTask', tag: 'tasks', params: TaskParams },
		'Cancel a task; running steps are told to stop at once.',
		(tasks, { principal, params }) => tasks.cancel(principal, params.id),
	),
	steering(
		{ path: '/v1/tasks/:id/retry', operationId: 'retryTask', tag: 'tasks', params: TaskParams },
		'Run an ended task again from the point of failure.',
		(tasks, { principal, params }) => tasks.retry(principal, params.id),
	),
	steering(
		{
			path: '/v1/tasks/:id/input',
			operationId: 'answerQuestion',
			tag: 'tasks',
			params: TaskParams,
			body: AnswerSchema,
			errors: ['unknown-question', 'too-large'],
		},
		'Answer a question of a task.',
		(tasks, { principal, params, body }) => tasks.answer(principal, params.id, body.questionId, body.answer),
	),
	steering(
		{
			path: '/v1/tasks/:id/approve',
			operationId: 'approve',
			tag: 'tasks',
			params: TaskParams,
			body: ApprovalSchema,
			errors: ['unknown-question'],
		},
		'Approve or refuse what a question of kind `approval` asks.',
		(tasks, { principal, params, body }) => tasks.answer(principal, params.id, body.questionId, body.decision),
	),
	steering(
		{
			path: '/v1/tasks/:id/events',
			operationId: 'sendEvent',
			tag: 'tasks',
			params: TaskParams,
			body: TaskEventSchema,
			errors: ['too-large'],
		},
		'Send a task an event: a step that waits for one of this name goes on with its data, now or when it comes to wait.',
		(tasks, { principal, params, body }) => tasks.deliverEvent(principal, params.id, body),
	),
	steering(
		{
			method: 'patch',
			path: '/v1/tasks/:id/plan',
			operationId: 'editPlan',
			tag: 'plans',
			params: TaskParams,
			body: PlanEditSchema,
			errors: ['unknown-step', 'version-conflict', 'invalid-plan', 'unknown-capability', 'too-large'],
		},
		'Edit steps that have not started.',
		(tasks, { principal, params, body }) => tasks.editPlan(principal, params.id, body.baseVersion, body.ops),
	),
	steering(
		{
			path: '/v1/tasks/:id/steps/:stepId/skip',
			operationId: 'skipStep',
			tag: 'plans',
			params: StepParams,
			errors: ['unknown-step'],
		},
		'Go on without a step.',
		(tasks, { principal, params }) => tasks.skipStep(principal, params.id, params.stepId),
	),
	steering(
		{
			path: '/v1/tasks/:id/steps/:stepId/retry',
			operationId: 'retryStep',
			tag: 'plans',
			params: StepParams,
			errors: ['unknown-step'],
		},
		'Run a failed step again.',
		(tasks, { principal, params }) => tasks.retryStep(principal, params.id, params.stepId),
	),
];

interface Steering<Params, Body> extends Pick<RouteDoc, 'path' | 'operationId' | 'tag'> {
	readonly method?: 'patch';
	readonly params: Params;
	readonly body?: Body;
	readonly errors?: readonly ErrorCode[];
}

function steering<Params extends typeof TaskParams, Body extends z.ZodType | undefined = undefined>(
	{ method, params, body, errors = [], ...doc }: Steering<Params, Body>,
	summary: string,
	steer: (
		tasks: ITaskDesk,
		call: {
			principal: Principal;
			params: z.output<Params>;
			body: Body extends z.ZodType ? z.output<Body> : undefined;
		},
	) => Promise<void>,
): Route {
	return route(
		{
			...doc,
			method: method ?? 'post',
			summary,
			access: 'person',
			params,
			...(body === undefined ? {} : { body }),
			responses: TASK,
			errors: [
				'unknown-task',
				'not-possible',
				...errors,
				...(body === undefined ? [] : (['unsupported-type'] as const)),
			],
		},
		async ({ tasks }, { caller: { principal }, params, body }) => {
			// `route` parsed both with these very schemas; it cannot say so of types that are still open here.
			const given = { params, body } as Pick<Parameters<typeof steer>[1], 'params' | 'body'>;
			await steer(tasks, { principal, ...given });
			return { status: 200, json: await tasks.view(principal, given.params.id) };
		},
	);
}
