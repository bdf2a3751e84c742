import { z } from 'zod';
import { AGENT_NAME, AgentMessage } from './message.ts';

/** TOPIC_TARGET is how a message names a topic in place of an agent. */
export const TOPIC_TARGET = /^topic:[a-z0-9][a-z0-9.-]{0,62}$/;

const Topic = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,62}$/, 'small letters, digits, - and . only, at most 63');
const words = (max: number) => z.string().trim().min(1).max(max);

/** AgentName is how agents are called. */
export const AgentName = z.string().regex(AGENT_NAME, 'small letters, digits and - only, at most 63');

/** AgentRegistration is what an agent says of itself. */
export const AgentRegistration = z.strictObject({
	name: AgentName,
	description: z.string().trim().max(2_000).default(''),
	skills: z
		.array(
			z.strictObject({
				id: words(100),
				name: words(200),
				description: z.string().max(2_000).default(''),
				tags: z.array(words(50)).max(20).optional(),
				examples: z.array(words(500)).max(10).optional(),
			}),
		)
		.max(50)
		.default([]),
	topics: z.array(Topic).max(50).default([]),
	reach: z
		.discriminatedUnion('kind', [
			z.strictObject({ kind: z.literal('pull') }),
			z.strictObject({ kind: z.literal('workflow'), workflow: words(100) }),
			z.strictObject({ kind: z.literal('webhook'), url: z.url().max(2_000) }),
			z.strictObject({
				kind: z.literal('a2a'),
				url: z.url().max(2_000),
				token: z
					.string()
					.min(1)
					.max(4_000)
					.optional()
					.describe('Sent to its host as a bearer token; never shown again.'),
			}),
		])
		.default({ kind: 'pull' }),
});

/** SentMessage is a message as its sender gives it. */
export const SentMessage = AgentMessage.omit({ at: true }).extend({
	target: z.union([AgentName, z.string().regex(TOPIC_TARGET)], { error: 'an agent’s name, or topic:<name>' }),
	origins: z.array(z.string().min(1).max(200)).max(100).optional(),
});
