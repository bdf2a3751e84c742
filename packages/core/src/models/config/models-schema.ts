import { z } from 'zod';
import { PROVIDER_KIND_NAMES } from '../providers/provider-kinds.ts';

const name = z
	.string()
	.regex(/^[a-z0-9][a-z0-9_-]{0,39}$/i, 'must be a name of letters, digits, hyphens and underscores');
const modelName = z
	.string()
	.regex(/^[a-z0-9][a-z0-9_-]{0,39}\/\S+$/i, 'must be <provider>/<model>, such as openai/gpt-6.1-terra');
const count = z.int('must be a whole number').positive('must be above 0');
const usd = z.number('must be an amount in US dollars').nonnegative('must not be below 0');
const tier = z.enum(['small', 'middle', 'large', 'embedding'], 'must be small, middle, large or embedding');

const price = z.strictObject({
	/** US dollars for a million tokens. */
	input: usd,
	output: usd.default(0),
	cachedInput: usd.optional(),
});

const provider = z.strictObject({
	name,
	kind: z.enum(PROVIDER_KIND_NAMES, `must be one of ${PROVIDER_KIND_NAMES.join(', ')}`),
	baseUrl: z
		.string()
		.refine(isApiAddress, 'must be the http or https address of an API, such as http://127.0.0.1:8080/v1')
		.transform((text) => text.replace(/\/+$/, ''))
		.optional(),
	/** The variable that holds the key. */
	apiKeyEnv: z
		.string()
		.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of the variable that holds the key, never the key itself')
		.optional(),
	api: z.enum(['chat', 'responses'], 'must be chat or responses').optional(),
	/** It may say nothing for so long. */
	silenceMs: count.min(100).optional(),
	limits: z
		.strictObject({
			concurrency: count.optional(),
			requestsPerMinute: count.optional(),
			tokensPerMinute: count.optional(),
		})
		.default({}),
});

const model = z.strictObject({
	name: modelName,
	tiers: z.array(tier).min(1, 'must name at least one tier').optional(),
	price: price.optional(),
	contextTokens: count.optional(),
	images: z.boolean('must be true or false').optional(),
	/** Of the vectors it makes. */
	dimensions: count.optional(),
});

/** MODELS_FILE is what a models file may hold; where names point to is checked by `pointlessNames`. */
export const MODELS_FILE = z.strictObject({
	providers: z.array(provider).min(1, 'must name at least one provider'),
	models: z.array(model).default([]),
	/** A purpose or the beginning of one (`text` for `text.compare`), and the tier or the model it goes to. */
	purposes: z.record(z.string(), z.string()).default({}),
	budgets: z.strictObject({ perDayUsd: usd.optional(), perPersonDayUsd: usd.optional() }).default({}),
	audit: z.strictObject({ keepDays: count.max(3_650) }).optional(),
	hedge: z.strictObject({ afterMs: count }).optional(),
	embeddings: z.union([z.literal('local'), modelName], 'must be “local” or <provider>/<model>').optional(),
});

/** ModelsFile is a models file as parsed. */
export type ModelsFile = z.output<typeof MODELS_FILE>;

function isApiAddress(text: string): boolean {
	if (!URL.canParse(text)) return false;
	const url = new URL(text);
	return /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username;
}
