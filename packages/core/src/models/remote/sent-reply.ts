import { z } from 'zod';
import { CoreError, describeError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import { parseInput } from '../../domain/parse-input.ts';
import type { Embedded, ModelReply } from '../../ports/language-model.ts';
import { readFloats } from './float-text.ts';

const Amount = z.number().min(0);
const ModelUseSchema = z.object({
	model: z.string(),
	purpose: z.string(),
	reason: z.string(),
	calls: Amount,
	tokens: Amount,
	microUsd: Amount,
});
const UsageSchema = z.object({ tokens: Amount, microUsd: Amount, models: z.array(ModelUseSchema).optional() });

const SentReplySchema = z.object({
	text: z.string(),
	toolCalls: z.array(z.object({ id: z.string(), name: z.string(), arguments: z.string() })),
	finish: z.enum(['stop', 'length', 'tools', 'refusal']),
	usage: UsageSchema,
	tokens: z.object({ input: Amount, cached: Amount, output: Amount }).optional(),
	estimated: z.literal(true).optional(),
	model: z.string(),
});

const SentVectorsSchema = z.object({
	vectors: z.array(z.string().transform(readFloats)),
	usage: UsageSchema,
	model: z.string().optional(),
});

/** readSentReply reads what the models of another process replied. Throws `model-unavailable` for anything else. */
export function readSentReply(said: Json): ModelReply {
	return read(SentReplySchema, said, 'The reply of the models') as ModelReply;
}

/** readSentVectors reads the vectors that another process made, one for each text. Throws `model-unavailable` for anything else. */
export function readSentVectors(said: Json, count: number): Embedded {
	const what = 'The vectors of the models';
	const { vectors, usage, model } = read(SentVectorsSchema, said, what);
	if (vectors.length !== count) throw unusable(`${what} are ${vectors.length}, not ${count}.`);
	return { vectors, usage, model };
}

function read<S extends z.ZodType>(schema: S, said: Json, what: string): z.output<S> {
	try {
		return parseInput(schema, said, what);
	} catch (error) {
		throw unusable(describeError(error), error);
	}
}

function unusable(problem: string, cause?: unknown): CoreError {
	return new CoreError('model-unavailable', `The language model cannot be understood. ${problem}`, {
		hint: 'Let all processes of this Errand be of the same release.',
		...(cause === undefined ? {} : { cause }),
	});
}
