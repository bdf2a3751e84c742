import type { z } from 'zod';
import { CoreError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import { parseLenientJson } from '../domain/lenient-json.ts';
import type { Usage } from '../domain/task/facts.ts';
import { addUsage, NO_USAGE, usageOf, withUsage } from '../domain/task/usage.ts';
import type { RunModel } from '../ports/capability.ts';
import type { ModelMessage, ModelReply } from '../ports/language-model.ts';
import { type ReplySchema, replySchema } from './reply-schema.ts';

/** StructuredRequest asks for a value instead of words; `name` is what the schema is called, of letters, digits and underscores. */
export interface StructuredRequest<T> {
	readonly purpose: string;
	readonly messages: readonly ModelMessage[];
	/** Bounds each of the at most two replies. */
	readonly maxTokens: number;
	readonly name: string;
	readonly schema: z.ZodType<T>;
	/** Hears the raw text of the reply; it starts over with `onRestart`, when the reply is asked for again too. */
	readonly onText?: ((piece: string) => void) | undefined;
	readonly onRestart?: (() => void) | undefined;
}

/**
 * structuredReply asks a model for a value of a schema. What comes is parsed leniently (a reply cut short is closed, if that
 * is enough) and checked; the model is told the problems of a bad one once. Rejects with CoreError `model-reply` when the
 * second is bad too, `model-refused` when the model will not; these and every other error carry all tokens used as `usage`.
 */
export async function structuredReply<T>(
	model: Pick<RunModel, 'reply'>,
	request: StructuredRequest<T>,
): Promise<{ readonly value: T; readonly usage: Usage; readonly model: string }> {
	const shape = replySchema(request.schema);
	const first = await ask(model, request, shape, request.messages);
	const read = readValue(first.text, request.schema, shape);
	if ('value' in read) return { value: read.value, usage: first.usage, model: first.model };
	request.onRestart?.();
	const second = await ask(model, request, shape, [...request.messages, ...correction(first, read.problems)]).catch(
		(error: unknown) => {
			throw withUsage(error, addUsage(first.usage, usageOf(error) ?? NO_USAGE));
		},
	);
	const usage = addUsage(first.usage, second.usage);
	const again = readValue(second.text, request.schema, shape);
	if ('value' in again) return { value: again.value, usage, model: second.model };
	throw withUsage(
		new CoreError(
			'model-reply',
			`The language model was asked for ${request.name} and twice replied with what cannot be used: ${again.problems}`,
			{ hint: 'Try again, or configure a more able model with OPENAI_MODEL.' },
		),
		usage,
	);
}

async function ask<T>(
	model: Pick<RunModel, 'reply'>,
	request: StructuredRequest<T>,
	{ schema }: ReplySchema,
	messages: readonly ModelMessage[],
): Promise<ModelReply> {
	const { purpose, maxTokens, name, onText, onRestart } = request;
	const reply = await model.reply({ purpose, messages, maxTokens, output: { name, schema } }, { onText, onRestart });
	if (reply.finish !== 'refusal') return reply;
	const words = reply.text.trim().slice(0, 300);
	throw withUsage(
		new CoreError(
			'model-refused',
			`The language model would not reply to the request for ${name}${words === '' ? '' : `: “${words}”`}.`,
			{ hint: 'Word the goal differently, or configure another model with OPENAI_MODEL.' },
		),
		reply.usage,
	);
}

type Read<T> = { readonly value: T } | { readonly problems: string };

function readValue<T>(text: string, schema: z.ZodType<T>, shape: ReplySchema): Read<T> {
	const json: Json | undefined = parseLenientJson(text);
	if (json === undefined) {
		return { problems: text.trim() === '' ? 'it is empty.' : 'it is not the JSON that was asked for.' };
	}
	const parsed = schema.safeParse(shape.withoutNulls(json));
	if (parsed.success) return { value: parsed.data };
	const issues = parsed.error.issues.slice(0, MAX_PROBLEMS).map(({ path, message }) => {
		const place = path.map(String).join('.');
		return place === '' ? message : `${place}: ${message}`;
	});
	const more = parsed.error.issues.length - issues.length;
	return { problems: `${issues.join('; ')}${more > 0 ? `; and ${more} more` : ''}.` };
}

const MAX_PROBLEMS = 12;
/** A long bad reply is shown from its beginning only, so that the second request stays near the size of the first. */
const MAX_SHOWN = 8_000;

function correction(reply: ModelReply, problems: string): ModelMessage[] {
	const cut = reply.finish === 'length' ? 'It was cut off because it was too long: be much shorter. ' : '';
	const text = `Your reply cannot be used: ${problems} ${cut}Reply again with the whole JSON, corrected, and nothing else.`;
	const shown = reply.text.slice(0, MAX_SHOWN);
	// Servers refuse an assistant turn without text.
	const own: ModelMessage[] = shown.trim() === '' ? [] : [{ role: 'assistant', text: shown }];
	return [...own, { role: 'user', text }];
}
