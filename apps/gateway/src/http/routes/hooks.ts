import { z } from 'zod';
import { type Route, route } from '../route.ts';
import {
	ChangeHookSchema,
	HookNameSchema,
	HookSchema,
	HookWithSecretSchema,
	NewHookSchema,
	RotateHookSchema,
	TriedHookSchema,
	TryHookSchema,
} from '../schemas/webhook.ts';

const HookParams = z.object({ name: HookNameSchema });
const MADE = { description: 'With its secret, which is shown this once.', schema: HookWithSecretSchema };
const SHOWN = { 200: { description: 'As it is now.', schema: HookSchema } };

/** HOOK_ROUTES set up what calls of `POST /hooks/<name>` become. */
export const HOOK_ROUTES: readonly Route[] = [
	route(
		{
			method: 'post',
			path: '/v1/hooks',
			operationId: 'createHook',
			summary: 'Have calls from outside become tasks of yours.',
			tag: 'hooks',
			access: 'person',
			body: NewHookSchema,
			responses: { 201: MADE },
			errors: ['too-large', 'not-possible', 'unknown-conversation', 'unsupported-type', 'disk-full'],
		},
		async ({ hooks }, { caller, body }) => {
			const made = await hooks.create(caller.principal, body);
			return { status: 201, json: made, headers: { Location: `/v1/hooks/${made.name}` } };
		},
	),
	route(
		{
			method: 'get',
			path: '/v1/hooks',
			operationId: 'listHooks',
			summary: 'List your hooks.',
			tag: 'hooks',
			access: 'person',
			responses: { 200: { description: 'Newest first.', schema: z.object({ hooks: z.array(HookSchema) }) } },
			errors: [],
		},
		async ({ hooks }, { caller }) => ({ status: 200, json: { hooks: await hooks.list(caller.principal) } }),
	),
	route(
		{
			method: 'get',
			path: '/v1/hooks/:name',
			operationId: 'getHook',
			summary: 'Show one hook.',
			tag: 'hooks',
			access: 'person',
			params: HookParams,
			responses: SHOWN,
			errors: ['not-found'],
		},
		async ({ hooks }, { caller, params }) => ({ status: 200, json: await hooks.view(caller.principal, params.name) }),
	),
	route(
		{
			method: 'patch',
			path: '/v1/hooks/:name',
			operationId: 'changeHook',
			summary: 'Change what calls become, or pause the hook.',
			tag: 'hooks',
			access: 'person',
			params: HookParams,
			body: ChangeHookSchema,
			responses: SHOWN,
			errors: ['not-found', 'too-large', 'unknown-conversation', 'unsupported-type', 'disk-full'],
		},
		async ({ hooks }, { caller, params, body }) => ({
			status: 200,
			json: await hooks.change(caller.principal, params.name, body),
		}),
	),
	route(
		{
			method: 'delete',
			path: '/v1/hooks/:name',
			operationId: 'deleteHook',
			summary: 'Take no more calls; the name stays yours.',
			tag: 'hooks',
			access: 'person',
			params: HookParams,
			responses: { 204: { description: 'Gone.' } },
			errors: ['not-found'],
		},
		async ({ hooks }, { caller, params }) => {
			await hooks.remove(caller.principal, params.name);
			return { status: 204 };
		},
	),
	route(
		{
			method: 'post',
			path: '/v1/hooks/:name/rotate',
			operationId: 'rotateHookSecret',
			summary: 'Set a new secret; the old one is good for a day more.',
			tag: 'hooks',
			access: 'person',
			params: HookParams,
			body: RotateHookSchema.default({}),
			responses: { 200: MADE },
			errors: ['not-found', 'too-large', 'unsupported-type', 'disk-full'],
		},
		async ({ hooks }, { caller, params, body }) => ({
			status: 200,
			json: await hooks.rotate(caller.principal, params.name, body.secret),
		}),
	),
	route(
		{
			method: 'post',
			path: '/v1/hooks/:name/try',
			operationId: 'tryHook',
			summary: 'Show what a call would become; runs nothing.',
			tag: 'hooks',
			access: 'person',
			params: HookParams,
			body: TryHookSchema,
			responses: { 200: { description: 'A goal, or why it is ignored.', schema: TriedHookSchema } },
			errors: ['not-found', 'too-large', 'unsupported-type'],
		},
		async ({ hooks }, { caller, params, body }) => ({
			status: 200,
			json: await hooks.try(caller.principal, params.name, body),
		}),
	),
];
