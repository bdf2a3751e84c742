import { z } from 'zod';
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
