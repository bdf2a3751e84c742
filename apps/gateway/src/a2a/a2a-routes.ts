import { z } from 'zod';
import { type Route, route } from '../http/route.ts';
import { A2A_PATH, CARD_PATH } from './agent-card.ts';

/** A2A_ROUTES are A2A 1.0 over JSON-RPC, and what other agents may know of this one beforehand. */
export const A2A_ROUTES: readonly Route[] = [
	route(
		{
			...{ method: 'get', path: CARD_PATH, operationId: 'a2aAgentCard', tag: 'a2a', access: 'open' },
			summary: 'What Errand can do for other agents (A2A 1.0).',
			responses: { 200: { description: 'The agent card.', schema: z.record(z.string(), z.json()) } },
			errors: [],
		},
		async ({ a2a }) => ({
			status: 200,
			json: await a2a.card(),
			headers: { 'Cache-Control': 'public, max-age=300' },
		}),
	),
	route(
		{
			...{ method: 'post', path: A2A_PATH, operationId: 'a2a', tag: 'a2a', access: 'person' },
			summary: 'One request of A2A 1.0 over JSON-RPC.',
			responses: {
				200: { description: 'JSON-RPC, or a stream of it.', types: ['application/json', 'text/event-stream'] },
			},
			// Its body is the protocol's own affair, mistakes in it too.
			errors: [],
		},
		async ({ a2a }, { caller, request, response }) => {
			await a2a.serve(caller.principal, request, response);
			return 'written';
		},
	),
];
