import { CoreError } from '@errand/core/domain/errors.ts';
import { asTaskId } from '@errand/core/domain/ids.ts';
import type { IModelDesk } from '@errand/core/orchestrator/desks/models.ts';
import { z } from 'zod';
import { type Route, route } from '../route.ts';
import {
	LanguageModelSchema,
	ModelCallSchema,
	ModelCallsQuerySchema,
	ModelTranscriptSchema,
	PinnedModelSchema,
	SpendingSchema,
	UsageQuerySchema,
} from '../schemas/language-model.ts';

const CallParams = z.object({ id: z.string().min(1).max(200) });
const MONTH_MS = 30 * 86_400_000;
const PINNED = { description: 'Without `model`, Errand chooses.', schema: PinnedModelSchema.partial() };

/** USAGE_ROUTES show the language models behind Errand and what they cost, and let people choose one. */
export const USAGE_ROUTES: readonly Route[] = [
	route(
		{
			method: 'get',
			path: '/v1/language-models',
			operationId: 'listLanguageModels',
			summary: 'The language models that Errand may ask, with their prices and how they do.',
			tag: 'usage',
			access: 'person',
			responses: { 200: { description: 'All of them.', schema: z.object({ models: z.array(LanguageModelSchema) }) } },
			errors: ['not-possible'],
		},
		async ({ languageModels }, { caller }) => ({
			status: 200,
			json: { models: await deskOf(languageModels).models(caller.principal) },
		}),
	),
	route(
		{
			method: 'get',
			path: '/v1/language-models/pinned',
			operationId: 'getPinnedModel',
			summary: 'The model that all your work goes to.',
			tag: 'usage',
			access: 'person',
			responses: { 200: PINNED },
			errors: ['not-possible'],
		},
		async ({ languageModels }, { caller }) => ({
			status: 200,
			json: { model: await deskOf(languageModels).pinned(caller.principal) },
		}),
	),
	route(
		{
			method: 'patch',
			path: '/v1/language-models/pinned',
			operationId: 'pinModel',
			summary: 'Have all your work go to one model.',
			tag: 'usage',
			access: 'person',
			body: PinnedModelSchema,
			responses: { 200: PINNED },
			errors: ['not-possible', 'not-found', 'forbidden', 'too-large', 'unsupported-type', 'disk-full'],
		},
		async ({ languageModels }, { caller, body }) => {
			const desk = deskOf(languageModels);
			await desk.pin(caller.principal, body.model);
			return { status: 200, json: { model: await desk.pinned(caller.principal) } };
		},
	),
	route(
		{
			method: 'delete',
			path: '/v1/language-models/pinned',
			operationId: 'unpinModel',
			summary: 'Leave the choice of model to Errand.',
			tag: 'usage',
			access: 'person',
			responses: { 204: { description: 'Errand chooses.' } },
			errors: ['not-possible', 'disk-full'],
		},
		async ({ languageModels }, { caller }) => {
			await deskOf(languageModels).pin(caller.principal, undefined);
			return { status: 204 };
		},
	),
	route(
		{
			method: 'get',
			path: '/v1/usage',
			operationId: 'getUsage',
			summary: 'What language models cost: you, or to the owner everybody.',
			tag: 'usage',
			access: 'person',
			query: UsageQuerySchema,
			responses: {
				200: {
					description: 'By day in order, else the dearest first.',
					schema: z.object({ from: z.number(), to: z.number(), usage: z.array(SpendingSchema) }),
				},
			},
			errors: ['not-possible', 'store-unreachable'],
		},
		async ({ languageModels, clock }, { caller, query }) => {
			const to = query.to ?? clock.now();
			const from = query.from ?? to - MONTH_MS;
			const task = query.task === undefined ? undefined : asTaskId(query.task);
			const usage = await deskOf(languageModels).usage(caller.principal, { from, to, by: query.by, task });
			return { status: 200, json: { from, to, usage } };
		},
	),
	route(
		{
			method: 'get',
			path: '/v1/usage/calls',
			operationId: 'listModelCalls',
			summary: 'Calls of language models: yours, or to the owner everybody’s.',
			tag: 'usage',
			access: 'person',
			query: ModelCallsQuerySchema,
			responses: {
				200: {
					description: 'Newest first; `next` is the `before` of the following page.',
					schema: z.object({ calls: z.array(ModelCallSchema), next: z.string().optional() }),
				},
			},
			errors: ['not-possible', 'store-unreachable'],
		},
		async ({ languageModels }, { caller, query: { task, before, limit } }) => {
			const taskId = task === undefined ? undefined : asTaskId(task);
			const calls = await deskOf(languageModels).calls(caller.principal, { task: taskId, before, limit });
			return { status: 200, json: { calls, next: calls.length < limit ? undefined : calls.at(-1)?.id } };
		},
	),
	route(
		{
			method: 'get',
			path: '/v1/usage/calls/:id/transcript',
			operationId: 'getModelTranscript',
			summary: 'What was said in one call, where that is kept.',
			tag: 'usage',
			access: 'person',
			params: CallParams,
			responses: { 200: { description: 'Request and reply.', schema: ModelTranscriptSchema } },
			errors: ['not-possible', 'not-found', 'store-unreachable'],
		},
		async ({ languageModels }, { caller, params }) => ({
			status: 200,
			json: await deskOf(languageModels).transcript(caller.principal, params.id),
		}),
	),
];

function deskOf(models: IModelDesk | undefined): IModelDesk {
	if (models !== undefined) return models;
	throw new CoreError('not-possible', 'This server keeps no account of language models.', {
		hint: 'Ask the operator whether that is meant.',
	});
}
