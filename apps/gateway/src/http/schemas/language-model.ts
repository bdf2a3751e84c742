import type { ModelView } from '@errand/core/orchestrator/desks/models.ts';
import type { ModelCall, ModelTranscript, Spending } from '@errand/core/ports/model-ledger.ts';
import { z } from 'zod';
import type { Describes } from './describes.ts';

const time = z.number().describe('Milliseconds since 1970.');
const price = z.number().describe('US dollars for a million tokens.');

/** LanguageModelSchema documents a language model that Errand may ask. */
export const LanguageModelSchema = z.object({
	name: z.string().describe('`<provider>/<model>`'),
	provider: z.string(),
	tiers: z.array(z.enum(['small', 'middle', 'large', 'embedding'])),
	price: z.object({ input: price, output: price, cachedInput: price.optional() }).optional(),
	contextTokens: z.number(),
	health: z.enum(['up', 'slow', 'down', 'unknown']),
	since: time,
	trouble: z.string().optional().describe('Why it is down or slow; for the owner.'),
	firstMs: z.number().optional().describe('Median time to the first word of late, ms.'),
	running: z.int(),
	waiting: z.int(),
}) satisfies Describes<ModelView>;

const tokens = z.number();
const microUsd = z.number().describe('Millionths of a US dollar.');

/** SpendingSchema documents what calls of language models cost together. */
export const SpendingSchema = z.object({
	key: z
		.string()
		.describe('The day (UTC), model, purpose, person, task or `<task>.<step>`; empty for calls without one.'),
	calls: z.int(),
	inputTokens: tokens,
	cachedTokens: tokens,
	outputTokens: tokens,
	microUsd,
}) satisfies Describes<Spending>;

/** ModelCallSchema documents one call of a language model. */
export const ModelCallSchema = z.object({
	id: z.string(),
	at: time,
	person: z.string().optional(),
	taskId: z.string().optional(),
	stepId: z.string().optional(),
	purpose: z.string(),
	complexity: z.enum(['simple', 'medium', 'complex']),
	provider: z.string(),
	model: z.string(),
	reason: z.string().describe('Why this model.'),
	inputTokens: tokens,
	cachedTokens: tokens,
	outputTokens: tokens,
	microUsd,
	ms: z.number(),
	firstMs: z.number().optional(),
	outcome: z.enum(['ok', 'failed', 'cancelled', 'cached']),
	error: z.string().optional().describe('The code of its error.'),
}) satisfies Describes<ModelCall>;

/** ModelTranscriptSchema documents what was said in a call. */
export const ModelTranscriptSchema = z.object({
	request: z.string().describe('Secrets are left out.'),
	reply: z.string(),
	until: time.describe('When it is deleted, milliseconds since 1970.'),
}) satisfies Describes<ModelTranscript>;

/** UsageQuerySchema parses the query of `GET /v1/usage`. */
export const UsageQuerySchema = z.strictObject({
	from: z.coerce.number().int().min(0).optional().describe('Milliseconds since 1970; 30 days ago if left out.'),
	to: z.coerce.number().int().min(0).optional().describe('Milliseconds since 1970, exclusive; now if left out.'),
	by: z.enum(['day', 'model', 'purpose', 'person', 'task', 'step']).default('day'),
	task: z.string().min(1).max(200).optional(),
});

/** ModelCallsQuerySchema parses the query of `GET /v1/usage/calls`. */
export const ModelCallsQuerySchema = z.strictObject({
	task: z.string().min(1).max(200).optional(),
	before: z.string().min(1).max(200).optional().describe('The id of the last call of the page before.'),
	limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** PinnedModelSchema is the model that all work of a person goes to. */
export const PinnedModelSchema = z.strictObject({
	model: z.string().min(1).max(300).describe('`<provider>/<model>`, or without the provider where that is enough.'),
});
