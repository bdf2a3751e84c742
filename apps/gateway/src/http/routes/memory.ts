import { CoreError } from '@errand/core/domain/errors.ts';
import type { IMemoryDesk } from '@errand/core/orchestrator/desks/memory.ts';
import { z } from 'zod';
import { type Route, route } from '../route.ts';
import { FoundMemorySchema, MemorySchema, MemoryTextSchema } from '../schemas/memory.ts';

const MemoryParams = z.object({ id: z.string().regex(/^\d{1,9}$/) });
const ListQuery = z.strictObject({
	before: z
		.string()
		.regex(/^\d{1,9}$/)
		.optional(),
	limit: z.coerce.number().int().min(1).max(200).default(50),
});
const SearchQuery = z.strictObject({
	q: z.string().min(1).max(4_000),
	limit: z.coerce.number().int().min(1).max(50).default(10),
});
const FORGOTTEN = { description: 'Forgotten; its words leave the history as well.' };

/** MEMORY_ROUTES show what is remembered of you, find it again, change and forget it. */
export const MEMORY_ROUTES: readonly Route[] = [
	route(
		{
			method: 'get',
			path: '/v1/memory',
			operationId: 'listMemory',
			summary: 'List what is remembered of you.',
			tag: 'memory',
			access: 'person',
			query: ListQuery,
			responses: {
				200: {
					description: 'Newest first; `next` is the `before` of the following page.',
					schema: z.object({ entries: z.array(MemorySchema), next: z.string().optional() }),
				},
			},
			errors: ['not-possible'],
		},
		async ({ memory }, { caller, query }) => ({
			status: 200,
			json: await deskOf(memory).list(caller.principal, query),
		}),
	),
	route(
		{
			method: 'post',
			path: '/v1/memory',
			operationId: 'remember',
			summary: 'Have something remembered of you.',
			tag: 'memory',
			access: 'person',
			body: MemoryTextSchema,
			responses: { 201: { description: 'Remembered.', schema: MemorySchema } },
			errors: ['forbidden', 'too-large', 'not-possible', 'unsupported-type', 'disk-full'],
		},
		async ({ memory }, { caller, body }) => ({
			status: 201,
			json: await deskOf(memory).remember(caller.principal, body.text),
		}),
	),
	route(
		{
			method: 'get',
			path: '/v1/memory/search',
			operationId: 'searchMemory',
			summary: 'Find what is remembered of you, by words and by meaning.',
			tag: 'memory',
			access: 'person',
			query: SearchQuery,
			responses: {
				200: { description: 'Best first.', schema: z.object({ found: z.array(FoundMemorySchema) }) },
			},
			errors: ['not-possible'],
		},
		async ({ memory }, { caller, query: { q: text, limit } }) => ({
			status: 200,
			json: { found: await deskOf(memory).find(caller.principal, { text, limit }) },
		}),
	),
	route(
		{
			method: 'patch',
			path: '/v1/memory/:id',
			operationId: 'editMemory',
			summary: 'Put other words in the place of an entry’s.',
			tag: 'memory',
			access: 'person',
			params: MemoryParams,
			body: MemoryTextSchema,
			responses: { 200: { description: 'As it is now.', schema: MemorySchema } },
			errors: ['not-possible', 'not-found', 'too-large', 'unsupported-type', 'disk-full'],
		},
		async ({ memory }, { caller, params, body }) => ({
			status: 200,
			json: await deskOf(memory).edit(caller.principal, params.id, body.text),
		}),
	),
	route(
		{
			method: 'delete',
			path: '/v1/memory/:id',
			operationId: 'forgetMemory',
			summary: 'Forget one entry.',
			tag: 'memory',
			access: 'person',
			params: MemoryParams,
			responses: { 204: FORGOTTEN },
			errors: ['not-possible', 'not-found'],
		},
		async ({ memory }, { caller, params }) => {
			await deskOf(memory).forget(caller.principal, params.id);
			return { status: 204 };
		},
	),
	route(
		{
			method: 'delete',
			path: '/v1/memory',
			operationId: 'forgetAllMemory',
			summary: 'Forget everything that is remembered of you.',
			tag: 'memory',
			access: 'person',
			responses: {
				200: { description: 'How much that was.', schema: z.object({ forgotten: z.int() }) },
			},
			errors: ['not-possible'],
		},
		async ({ memory }, { caller }) => ({
			status: 200,
			json: { forgotten: await deskOf(memory).forgetAll(caller.principal) },
		}),
	),
];

function deskOf(memory: IMemoryDesk | undefined): IMemoryDesk {
	if (memory !== undefined) return memory;
	throw new CoreError('not-possible', 'Nothing is remembered here.', {
		hint: 'Ask the operator whether that is meant.',
	});
}
