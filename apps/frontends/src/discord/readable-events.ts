import { z } from 'zod';

const Snowflake = z.string().regex(/^\d{1,20}$/);
const Someone = z.looseObject({ id: Snowflake, username: z.string(), global_name: z.string().nullish() });
const File = z.looseObject({
	filename: z.string(),
	url: z.string(),
	size: z.number(),
	content_type: z.string().nullish(),
});

const ReadableMessage = z.looseObject({
	id: Snowflake,
	channel_id: Snowflake,
	author: Someone,
	content: z.string(),
	type: z.int(),
	attachments: z.array(File),
	mentions: z.array(Someone).optional(),
	mention_roles: z.array(Snowflake).optional(),
});

// Both stand in the addresses that answers go to.
const ReadableInteraction = z.looseObject({
	id: Snowflake,
	token: z.string().regex(/^[\w.=-]{1,1000}$/),
	type: z.int(),
	data: z.looseObject({}).optional(),
});

/** isReadableMessage tells whether what every message has is what Discord says it is; the rest may be anything. */
export function isReadableMessage(message: unknown): boolean {
	return ReadableMessage.safeParse(message).success;
}

/** isReadableInteraction does so for interactions: without these an answer would go astray. */
export function isReadableInteraction(interaction: unknown): boolean {
	return ReadableInteraction.safeParse(interaction).success;
}
