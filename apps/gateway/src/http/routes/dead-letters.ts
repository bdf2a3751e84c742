import { z } from 'zod';
import { type Route, route } from '../route.ts';
import { DeadLetterDetailSchema, DeadLetterSchema } from '../schemas/task.ts';

const DeadLetterParams = z.object({ id: z.string().min(3).max(400) });

/** DEAD_LETTER_ROUTES show steps that gave up, have them run again, or leave them out. */
export const DEAD_LETTER_ROUTES: readonly Route[] = [
	route(
		{
			method: 'get',
			path: '/v1/dead-letters',
			operationId: 'listDeadLetters',
			summary: 'Steps that gave up.',
			tag: 'dead letters',
			access: 'person',
			responses: {
				200: { description: 'Newest first.', schema: z.object({ deadLetters: z.array(DeadLetterSchema) }) },
			},
			errors: [],
		},
		async ({ tasks }, { caller }) => ({
			status: 200,
			json: { deadLetters: await tasks.deadLetters(caller.principal) },
		}),
	),
	route(
		{
			method: 'get',
			path: '/v1/dead-letters/:id',
			operationId: 'getDeadLetter',
			summary: 'Show a step that gave up: its failure, its input, how its attempts went.',
			tag: 'dead letters',
			access: 'person',
			params: DeadLetterParams,
			responses: { 200: { description: 'The step.', schema: DeadLetterDetailSchema } },
			errors: ['not-found', 'unknown-task'],
		},
		async ({ tasks }, { caller, params }) => ({
			status: 200,
			json: await tasks.deadLetter(caller.principal, params.id),
		}),
	),
	route(
		{
			method: 'post',
			path: '/v1/dead-letters/:id/replay',
			operationId: 'replayDeadLetter',
			summary: 'Run a step that gave up again; what was done stays done.',
			tag: 'dead letters',
			access: 'person',
			params: DeadLetterParams,
			responses: { 202: { description: 'It runs again.', schema: z.object({ id: z.string() }) } },
			errors: ['not-found', 'unknown-task', 'unknown-step', 'not-possible'],
		},
		async ({ tasks }, { caller, params }) => {
			await tasks.replayDeadLetter(caller.principal, params.id);
			return { status: 202, json: { id: params.id } };
		},
	),
	route(
		{
			method: 'delete',
			path: '/v1/dead-letters/:id',
			operationId: 'dropDeadLetter',
			summary: 'Leave out a step that gave up: its task goes on without it.',
			tag: 'dead letters',
			access: 'person',
			params: DeadLetterParams,
			responses: { 204: { description: 'The step is skipped.' } },
			errors: ['not-found', 'unknown-task', 'disk-full'],
		},
		async ({ tasks }, { caller, params }) => {
			await tasks.dropDeadLetter(caller.principal, params.id);
			return { status: 204 };
		},
	),
];
