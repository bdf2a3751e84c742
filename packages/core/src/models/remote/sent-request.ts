import { z } from 'zod';
import type { Json } from '../../domain/json.ts';
import { parseInput } from '../../domain/parse-input.ts';
import type { ModelCaller, ModelRequest } from '../../ports/language-model.ts';

const MOST_TOKENS = 100_000_000;

/** It may have fallen below nothing meanwhile; JSON has no word for what is without bounds. */
const Left = z
	.number()
	.nullable()
	.transform((left) => left ?? Number.POSITIVE_INFINITY);
const Id = z.string().max(1_000);
const JsonValue = z.custom<Json>((value) => value !== undefined);
const ToolCallSchema = z.object({ id: z.string(), name: z.string(), arguments: z.string() });

const MessageSchema = z.discriminatedUnion('role', [
	z.object({ role: z.literal('system'), text: z.string() }),
	z.object({
		role: z.literal('user'),
		text: z.string(),
		images: z.array(z.object({ type: z.string(), base64: z.string() })).optional(),
	}),
	z.object({ role: z.literal('assistant'), text: z.string(), toolCalls: z.array(ToolCallSchema).optional() }),
	z.object({ role: z.literal('tool'), callId: z.string(), text: z.string() }),
]);

const CallerSchema = z.object({ person: Id, taskId: Id.optional(), stepId: Id.optional() });

const SentRequestSchema = z.object({
	purpose: Id,
	complexity: z.enum(['simple', 'medium', 'complex']).optional(),
	caller: CallerSchema.optional(),
	allowance: z.object({ tokens: Left, microUsd: Left }).optional(),
	model: Id.optional(),
	provider: Id.optional(),
	prefer: z.array(Id).max(100).optional(),
	pure: z.boolean().optional(),
	promptVersion: Id.optional(),
	messages: z.array(MessageSchema),
	output: z.object({ name: z.string(), schema: JsonValue }).optional(),
	tools: z.array(z.object({ name: z.string(), description: z.string(), parameters: JsonValue })).optional(),
	maxTokens: z.number().min(0).max(MOST_TOKENS),
});

const SentTextsSchema = z.object({ texts: z.array(z.string()), caller: CallerSchema.optional(), model: Id.optional() });

/**
 * readSentRequest reads what another process asks of the models. Workers carry out what strangers wrote: numbers that are none
 * would end up in what is reserved of everybody's budgets.
 */
export function readSentRequest(body: Json): ModelRequest {
	return parseInput(SentRequestSchema, body, 'The request to the models') as ModelRequest;
}

/** readSentTexts reads what another process wants vectors of, and for whom. */
export function readSentTexts(body: Json): {
	readonly texts: readonly string[];
	readonly caller?: ModelCaller | undefined;
	readonly model?: string | undefined;
} {
	const { texts, caller, model } = parseInput(SentTextsSchema, body, 'The texts for the models');
	return { texts, caller: caller as ModelCaller | undefined, model };
}
