import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { IScheduleDesk } from '@errand/core/orchestrator/desks/schedules.ts';
import { z } from 'zod';
import { ownConversation } from '../own-conversation.ts';
import { type Route, route } from '../route.ts';
import {
	PreviewSchema,
	ScheduleChangeSchema,
	SchedulePreviewSchema,
	ScheduleRequestSchema,
	ScheduleSchema,
} from '../schemas/schedule.ts';

const ScheduleParams = z.object({ id: z.string().min(1).max(100) });
const NextQuery = z.strictObject({ next: z.coerce.number().int().min(0).max(50).optional() });
const KeyHeaders = z.object({ 'idempotency-key': z.string().min(1).max(200).optional() });
const SHOWN = { description: 'As it is now.', schema: ScheduleSchema };

/** SCHEDULE_ROUTES set up, show and steer what is done later, or again and again. */
export const SCHEDULE_ROUTES: readonly Route[] = [
	route(
		{
			method: 'post',
			path: '/v1/schedules',
			operationId: 'createSchedule',
			summary: 'Have a goal or a workflow carried out, or something said, later or again and again.',
			tag: 'schedules',
			access: 'person',
			headers: KeyHeaders,
			body: ScheduleRequestSchema,
			responses: { 201: { description: 'Set up.', schema: ScheduleSchema } },
			errors: ['forbidden', 'not-possible', 'unsupported-type', 'disk-full'],
		},
		async (services, { caller: { principal }, body, request }) => {
			const idempotencyKey = request.get('idempotency-key');
			const key = idempotencyKey === undefined ? {} : { idempotencyKey };
			const conversation = await ownConversation(services, principal, body.conversation);
			const made = await services.schedules.create(principal, { ...body, conversation, ...key });
			return { status: 201, json: made, headers: { Location: `/v1/schedules/${made.id}` } };
		},
	),
	route(
		{
			method: 'get',
			path: '/v1/schedules',
			operationId: 'listSchedules',
			summary: 'List your schedules.',
			tag: 'schedules',
			access: 'person',
			query: NextQuery,
			responses: { 200: { description: 'Newest first.', schema: z.object({ schedules: z.array(ScheduleSchema) }) } },
			errors: [],
		},
		async ({ schedules }, { caller, query }) => ({
			status: 200,
			json: { schedules: await schedules.list(caller.principal, query) },
		}),
	),
	route(
		{
			method: 'post',
			path: '/v1/schedules/preview',
			operationId: 'previewSchedule',
			summary: 'Tell what words about time mean, and the next times, without keeping anything.',
			tag: 'schedules',
			access: 'person',
			body: SchedulePreviewSchema,
			responses: { 200: { description: 'What they mean.', schema: PreviewSchema } },
			errors: ['unsupported-type'],
		},
		async ({ schedules }, { caller, body: { when, timeZone } }) => ({
			status: 200,
			json: await schedules.preview(caller.principal, when, timeZone),
		}),
	),
	route(
		{
			method: 'get',
			path: '/v1/schedules/:id',
			operationId: 'getSchedule',
			summary: 'Show one schedule and its next times.',
			tag: 'schedules',
			access: 'person',
			params: ScheduleParams,
			query: NextQuery,
			responses: { 200: SHOWN },
			errors: ['unknown-schedule'],
		},
		async ({ schedules }, { caller, params, query }) => ({
			status: 200,
			json: await schedules.view(caller.principal, params.id, query),
		}),
	),
	route(
		{
			method: 'patch',
			path: '/v1/schedules/:id',
			operationId: 'changeSchedule',
			summary: 'Change when or what; what is left out stays.',
			tag: 'schedules',
			access: 'person',
			params: ScheduleParams,
			body: ScheduleChangeSchema,
			responses: { 200: SHOWN },
			errors: ['unknown-schedule', 'version-conflict', 'forbidden', 'unsupported-type', 'disk-full'],
		},
		async (services, { caller: { principal }, params, body }) => {
			const { title, when, what, timeZone } = body;
			const conversation = await ownConversation(services, principal, body.conversation);
			const change = {
				...(title === undefined ? {} : { title }),
				...(when === undefined ? {} : { when }),
				...(what === undefined ? {} : { what }),
				...(timeZone === undefined ? {} : { timeZone }),
				...(conversation === undefined ? {} : { conversation }),
			};
			return { status: 200, json: await services.schedules.change(principal, params.id, change) };
		},
	),
	route(
		{
			method: 'delete',
			path: '/v1/schedules/:id',
			operationId: 'removeSchedule',
			summary: 'Remove a schedule; runs that go on end by themselves.',
			tag: 'schedules',
			access: 'person',
			params: ScheduleParams,
			responses: { 204: { description: 'Gone.' } },
			errors: ['unknown-schedule'],
		},
		async ({ schedules }, { caller, params }) => {
			await schedules.remove(caller.principal, params.id);
			return { status: 204 };
		},
	),
	steered('pause', 'pauseSchedule', 'Run it no more for now.', (desk, who, id) => desk.pause(who, id)),
	steered('resume', 'resumeSchedule', 'Go on; what was missed meanwhile is not made up for.', (desk, who, id) =>
		desk.resume(who, id),
	),
	route(
		{
			method: 'post',
			path: '/v1/schedules/:id/run',
			operationId: 'runSchedule',
			summary: 'Run it now, besides its times.',
			tag: 'schedules',
			access: 'person',
			params: ScheduleParams,
			responses: {
				202: { description: 'The task, where there is one.', schema: z.object({ task: z.string().optional() }) },
			},
			errors: ['unknown-schedule', 'forbidden', 'unknown-workflow', 'invalid-workflow', 'not-possible', 'disk-full'],
		},
		async ({ schedules }, { caller, params }) => {
			const task = await schedules.runNow(caller.principal, params.id);
			return { status: 202, json: task === undefined ? {} : { task } };
		},
	),
];

/** steered makes a call that changes how one schedule stands. */
function steered(
	order: string,
	operationId: string,
	summary: string,
	steer: (desk: IScheduleDesk, principal: Principal, id: string) => Promise<void>,
): Route {
	return route(
		{
			method: 'post',
			path: `/v1/schedules/:id/${order}`,
			operationId,
			summary,
			tag: 'schedules',
			access: 'person',
			params: ScheduleParams,
			responses: { 200: SHOWN },
			errors: ['unknown-schedule', 'forbidden'],
		},
		async ({ schedules }, { caller, params }) => {
			await steer(schedules, caller.principal, params.id);
			return { status: 200, json: await schedules.view(caller.principal, params.id) };
		},
	);
}
