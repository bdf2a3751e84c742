import type { ErrorCode } from '@errand/core/domain/errors.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { IWebhookDesk } from '@errand/core/orchestrator/desks/webhooks.ts';
import { z } from 'zod';
import { type Route, type RouteDoc, route } from '../route.ts';
import { DeadEventSchema, SubscribeSchema, WebhookSchema, WebhookWithSecretSchema } from '../schemas/webhook.ts';

const WebhookParams = z.object({ id: z.string().min(1).max(100) });
const DeadEventParams = WebhookParams.extend({ eventId: z.string().min(1).max(100) });
const MADE = { description: 'With its secret, which is shown this once.', schema: WebhookWithSecretSchema };
const SHOWN = { description: 'As it is now.', schema: WebhookSchema };

/** WEBHOOK_ROUTES set up where events of your tasks are posted, and show what became of them. */
export const WEBHOOK_ROUTES: readonly Route[] = [
	route(
		{
			method: 'post',
			path: '/v1/webhooks',
			operationId: 'createWebhook',
			summary: 'Have events of your tasks posted somewhere, in the Standard Webhooks format.',
			tag: 'webhooks',
			access: 'person',
			body: SubscribeSchema,
			responses: { 201: MADE },
			errors: ['too-large', 'address-refused', 'not-possible', 'unsupported-type', 'disk-full'],
		},
		async ({ webhooks }, { caller, body }) => {
			const made = await webhooks.create(caller.principal, body);
			return { status: 201, json: made, headers: { Location: `/v1/webhooks/${made.id}` } };
		},
	),
	route(
		{
			method: 'get',
			path: '/v1/webhooks',
			operationId: 'listWebhooks',
			summary: 'List your outgoing webhooks.',
			tag: 'webhooks',
			access: 'person',
			responses: { 200: { description: 'Newest first.', schema: z.object({ webhooks: z.array(WebhookSchema) }) } },
			errors: [],
		},
		async ({ webhooks }, { caller }) => ({ status: 200, json: { webhooks: await webhooks.list(caller.principal) } }),
	),
	one(
		'get',
		'',
		'getWebhook',
		'Show one webhook and its latest deliveries.',
		{ 200: SHOWN },
		async (desk, who, id) => ({
			status: 200,
			json: await desk.view(who, id),
		}),
	),
	one(
		'delete',
		'',
		'deleteWebhook',
		'Send nothing more there.',
		{ 204: { description: 'Gone.' } },
		async (desk, who, id) => {
			await desk.remove(who, id);
			return { status: 204 };
		},
	),
	one(
		'post',
		'/rotate',
		'rotateWebhookSecret',
		'Make a new secret; the old one signs along for a day.',
		{ 200: MADE },
		async (desk, who, id) => ({ status: 200, json: await desk.rotate(who, id) }),
		['disk-full'],
	),
	one('post', '/pause', 'pauseWebhook', 'Keep events back for now.', { 200: SHOWN }, async (desk, who, id) => ({
		status: 200,
		json: await desk.pause(who, id),
	})),
	one(
		'post',
		'/resume',
		'resumeWebhook',
		'Send what was kept back, and go on.',
		{ 200: SHOWN },
		async (desk, who, id) => ({
			status: 200,
			json: await desk.resume(who, id),
		}),
	),
	one(
		'post',
		'/test',
		'testWebhook',
		'Send an event that only says hello.',
		{ 202: { description: 'On its way.', schema: z.object({ eventId: z.string() }) } },
		async (desk, who, id) => ({ status: 202, json: await desk.test(who, id) }),
		['not-possible'],
	),
	one(
		'get',
		'/dead-letters',
		'listWebhookDeadLetters',
		'Events that could not be delivered.',
		{ 200: { description: 'Latest first.', schema: z.object({ deadLetters: z.array(DeadEventSchema) }) } },
		async (desk, who, id) => ({ status: 200, json: { deadLetters: await desk.deadLetters(who, id) } }),
	),
	route(
		{
			method: 'post',
			path: '/v1/webhooks/:id/dead-letters/:eventId/replay',
			operationId: 'replayWebhookEvent',
			summary: 'Send an event that could not be delivered again, under the id it had.',
			tag: 'webhooks',
			access: 'person',
			params: DeadEventParams,
			responses: { 202: { description: 'On its way.', schema: z.object({ eventId: z.string() }) } },
			errors: ['not-found'],
		},
		async ({ webhooks }, { caller, params: { id, eventId } }) => {
			await webhooks.replay(caller.principal, id, eventId);
			return { status: 202, json: { eventId } };
		},
	),
];

/** one makes a call about one webhook that takes no body. */
function one(
	method: 'get' | 'post' | 'delete',
	rest: string,
	operationId: string,
	summary: string,
	responses: RouteDoc['responses'],
	run: (desk: IWebhookDesk, principal: Principal, id: string) => Promise<{ status: number; json?: unknown }>,
	errors: readonly ErrorCode[] = [],
): Route {
	return route(
		{
			method,
			path: `/v1/webhooks/:id${rest}`,
			operationId,
			summary,
			tag: 'webhooks',
			access: 'person',
			params: WebhookParams,
			responses,
			errors: ['not-found', ...errors],
		},
		({ webhooks }, { caller, params }) => run(webhooks, caller.principal, params.id),
	);
}
