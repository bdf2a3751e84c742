import { z } from 'zod';
import type { Json } from '../../../domain/json.ts';
import { SentErrorSchema } from '../../../domain/sent-error.ts';

const CallId = z.string().min(1).max(100);
const From = z.string().min(1).max(300);

const ToServiceSchema = z.discriminatedUnion('kind', [
	z.object({
		kind: z.literal('call'),
		id: CallId,
		from: From,
		method: z.string(),
		timeoutMs: z.number().positive(),
		body: z.custom<Json>((value) => value !== undefined),
	}),
	// The caller has its answer, or wants none any more.
	z.object({ kind: z.literal('over'), id: CallId }),
	// All calls that the caller has open with this process, and how many words of each it has.
	z.object({ kind: z.literal('held'), from: From, calls: z.array(z.tuple([CallId, z.number().int().nonnegative()])) }),
]);

const WordSchema = z.union([
	z.object({ piece: z.custom<Json>((value) => value !== undefined) }),
	z.object({ answer: z.custom<Json>((value) => value !== undefined) }),
	z.object({ error: SentErrorSchema }),
]);

const ToCallerSchema = z.discriminatedUnion('kind', [
	// `first` is the number of the first word among all of the call, from 0.
	z.object({ kind: z.literal('words'), id: CallId, first: z.number().int().nonnegative(), words: z.array(WordSchema) }),
	// Nobody offers it in that process any more, and nothing was begun.
	z.object({ kind: z.literal('away'), id: CallId }),
	// What the process knows of the calls that a caller held.
	z.object({ kind: z.literal('known'), by: z.string(), unknown: z.array(CallId) }),
]);

/** ToService is what a caller tells the process that offers a service. */
export type ToService = z.infer<typeof ToServiceSchema>;

/** ToCaller is what that process tells the caller. */
export type ToCaller = z.infer<typeof ToCallerSchema>;

/** Word is a piece of what a service says to a call; an answer or an error is the last one. */
export type Word = z.infer<typeof WordSchema>;

/** readToService reads what a caller says; undefined for a text that this version does not understand. */
export function readToService(text: string): ToService | undefined {
	return read(ToServiceSchema, text);
}

/** readToCaller reads what a service says; undefined for a text that this version does not understand. */
export function readToCaller(text: string): ToCaller | undefined {
	return read(ToCallerSchema, text);
}

/** writeCall words a call whose body is JSON text already. */
export function writeCall(call: Omit<Extract<ToService, { kind: 'call' }>, 'kind' | 'body'>, body: string): string {
	return `${JSON.stringify({ kind: 'call', ...call }).slice(0, -1)},"body":${body}}`;
}

/** writeWords words a part of what a service says, each word of it JSON text already. */
export function writeWords({ id, first, words }: { id: string; first: number; words: readonly string[] }): string {
	return `${JSON.stringify({ kind: 'words', id, first }).slice(0, -1)},"words":[${words.join(',')}]}`;
}

function read<T>(schema: z.ZodType<T>, text: string): T | undefined {
	try {
		return schema.parse(JSON.parse(text));
	} catch {
		return undefined;
	}
}
