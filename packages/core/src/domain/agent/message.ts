import { z } from 'zod';

export const AGENT_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** AgentMessage is what one agent says to another, or to all that listen to a topic. Times are ms since 1970. */
export const AgentMessage = z.strictObject({
	/** Given by the sender; the same id from the same source again changes nothing. */
	id: z.string().min(1).max(200),
	source: z.string().regex(AGENT_NAME),
	/** An agent's name, or `topic:<name>`. */
	target: z.string().min(1).max(80),
	type: z.string().min(1).max(100),
	payload: z.json(),
	/** Agent that answers go to; the source where left out. */
	replyTo: z.string().regex(AGENT_NAME).optional(),
	/** Id of the message that this one answers. */
	inReplyTo: z.string().min(1).max(200).optional(),
	/** Not delivered after that; it becomes a dead letter. */
	expiresAt: z.int().optional(),
	at: z.int(),
	/** Where untrusted content in the payload comes from. */
	origins: z.array(z.string()).optional(),
});
export type AgentMessage = z.infer<typeof AgentMessage>;
