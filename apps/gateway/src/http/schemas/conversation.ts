import type { ConversationSummary } from '@errand/core/orchestrator/desks/desk.ts';
import { z } from 'zod';
import type { Describes } from './describes.ts';
import { ArtifactSchema, ReplySchema } from './task.ts';

/** ConversationEntrySchema documents a line of a conversation. */
export const ConversationEntrySchema = z.discriminatedUnion('kind', [
	z.object({
		kind: z.literal('message'),
		seq: z.int(),
		at: z.number(),
		clientId: z.string(),
		text: z.string(),
		attachments: z.array(z.union([ArtifactSchema, z.object({ url: z.string() })])),
		taskId: z.string().optional(),
	}),
	z.object({
		kind: z.literal('reply'),
		seq: z.int(),
		at: z.number(),
		reply: ReplySchema,
		undelivered: z.object({ message: z.string() }).optional().describe('It could not be delivered, and why.'),
	}),
]);

/** ConversationSummarySchema documents a row of the list of conversations. */
export const ConversationSummarySchema = z.object({
	id: z.string(),
	frontend: z.string(),
	lastAt: z.number().describe('When anything last happened in it, milliseconds since 1970.'),
	messages: z.int(),
	undelivered: z.int().describe('Replies that could not be delivered there; they stand among its messages.'),
}) satisfies Describes<ConversationSummary>;
