import { AgentMessage } from '@errand/core/domain/agent/message.ts';
import { AgentName, AgentRegistration, SentMessage } from '@errand/core/domain/agent/registration-schema.ts';
import type { AgentDelivery, AgentView } from '@errand/core/orchestrator/desks/agents.ts';
import { z } from 'zod';
import type { Describes } from './describes.ts';

const time = z.number().describe('Milliseconds since 1970.');

/** RegisterSchema parses the body of `POST /v1/agents`. */
export const RegisterSchema = AgentRegistration;

/** SendSchema parses a message that is sent. */
export const SendSchema = SentMessage;

/** RequestSchema parses a message whose answer is waited for. */
export const RequestSchema = SentMessage.extend({
	timeoutMs: z.int().min(1).max(600_000).default(30_000).describe('How long the answer is waited for.'),
});

/** AgentSchema documents an agent. */
export const AgentSchema = z.object({
	name: z.string(),
	description: z.string(),
	owner: z.string().describe('Whose it is; empty where that is none of your business.'),
	skills: z.array(
		z.object({
			id: z.string(),
			name: z.string(),
			description: z.string(),
			tags: z.array(z.string()).optional(),
			examples: z.array(z.string()).optional(),
		}),
	),
	topics: z.array(z.string()),
	reach: z.union([
		z.object({ kind: z.literal('pull') }),
		z.object({ kind: z.literal('workflow'), workflow: z.string() }),
		z.object({ kind: z.enum(['webhook', 'a2a']), url: z.string() }),
	]),
	waiting: z.int(),
	deadLetters: z.int(),
	lastSeenAt: time.optional(),
}) satisfies Describes<AgentView>;

export const RoutedSchema = z.object({
	id: z.string(),
	routed: z.array(z.string()).describe('Agents that have it now.'),
	duplicate: z.boolean().describe('All of them had it before.'),
});

export const DeliverySchema = z.object({
	message: AgentMessage,
	deliveries: z.int().describe('Times it was handed out before.'),
	leasedUntil: time.describe('Handed out again unless it is acknowledged by then.'),
}) satisfies Describes<AgentDelivery>;

export const DeadLetterSchema = z.object({ message: AgentMessage, reason: z.string(), at: time });

export const AgentParams = z.object({ name: AgentName });
export const ReceiveQuery = z.strictObject({
	max: z.coerce.number().int().min(1).max(100).default(10),
	wait: z.coerce.number().int().min(0).max(60_000).default(0).describe('How long to wait for a message, ms.'),
	lease: z.coerce.number().int().min(1_000).max(43_200_000).default(30_000).describe('How long they are yours, ms.'),
});
const MessageId = z.string().min(1).max(280).describe('As its source gave it; `<source>/<id>` where two use the same.');
export const AcknowledgeSchema = z.strictObject({ ids: z.array(MessageId).min(1).max(1_000) });
export const RejectSchema = z.strictObject({
	id: MessageId,
	reason: z.string().max(1_000).default('It was rejected.'),
	dead: z.boolean().default(false).describe('Make it a dead letter at once, rather than hand it out again.'),
});
export const LetterParams = AgentParams.extend({ id: MessageId });
