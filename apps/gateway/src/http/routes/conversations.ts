import { asConversationId } from '@errand/core/domain/ids.ts';
import { INBOUND_LIMITS, MessageSchema } from '@errand/frontends/web/inbound.ts';
import { ownConversation } from '@errand/frontends/web/web-conversation.ts';
import { z } from 'zod';
import { type Route, route } from '../route.ts';
import { ConversationEntrySchema, ConversationSummarySchema } from '../schemas/conversation.ts';
import { PageQuery } from './tasks.ts';

const ConversationParams = z.object({ id: z.string().min(1).max(200).transform(asConversationId) });
const AfterQuery = z.strictObject({ after: z.coerce.number().int().min(0).default(0) });

/** CONVERSATION_ROUTES list conversations, say something in one on the web, and read any of them back. */
export const CONVERSATION_ROUTES: readonly Route[] = [
	route(
		{
			method: 'get',
			path: '/v1/conversations',
			operationId: 'listConversations',
			summary: 'Your conversations on all frontends, those that began last first.',
			tag: 'conversations',
			access: 'person',
			query: PageQuery,
			responses: {
				200: {
					description: 'A page of conversations; `next` leads to the following one.',
					schema: z.object({ conversations: z.array(ConversationSummarySchema), next: z.int().optional() }),
				},
			},
			errors: [],
		},
		async ({ conversations }, { caller, query }) => ({
			status: 200,
			json: await conversations.ofPerson(caller.principal, query),
		}),
	),
	route(
		{
			method: 'post',
			path: '/v1/conversations/:id/messages',
			operationId: 'sendMessage',
			summary: 'Say something in one of your web conversations; it is durable when this answers.',
			tag: 'conversations',
			access: 'person',
			params: ConversationParams,
			body: MessageSchema,
			bodyLimit: INBOUND_LIMITS.bodyBytes,
			responses: {
				202: {
					description: 'Accepted; the same `clientId` again gives the same id.',
					schema: z.object({ id: z.string() }),
				},
			},
			errors: ['empty-goal', 'too-large', 'unknown-conversation', 'unsupported-type', 'disk-full'],
		},
		async ({ conversations, clock }, { caller, params, body }) => {
			const { person } = caller.principal;
			const { id } = await conversations.receive(caller.principal, {
				frontend: 'web',
				conversation: ownConversation(person, params.id),
				identity: `web:${person}`,
				direct: true,
				platformMessageId: body.clientId,
				text: body.text,
				attachments: body.attachments ?? [],
				at: clock.now(),
			});
			return { status: 202, json: { id } };
		},
	),
	route(
		{
			method: 'get',
			path: '/v1/conversations/:id/messages',
			operationId: 'readMessages',
			summary: 'Read one of your conversations.',
			tag: 'conversations',
			access: 'person',
			params: ConversationParams,
			query: AfterQuery,
			responses: {
				200: {
					description: 'Messages and replies with a greater `seq` than `after`.',
					schema: z.object({ entries: z.array(ConversationEntrySchema), next: z.int() }),
				},
			},
			errors: ['unknown-conversation'],
		},
		async ({ conversations }, { caller, params, query }) => ({
			status: 200,
			json: await conversations.entries(
				caller.principal,
				params.id.startsWith('web-') ? ownConversation(caller.principal.person, params.id) : params.id,
				query.after,
			),
		}),
	),
];
