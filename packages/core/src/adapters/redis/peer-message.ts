import { z } from 'zod';
import { CoreError, type ErrorCode, isCoreError } from '../../domain/errors.ts';

const RequestSchema = z.object({ id: z.string(), from: z.string(), text: z.string() });
const AnswerSchema = z.union([
	z.object({ id: z.string(), text: z.string() }),
	z.object({ id: z.string(), error: z.object({ code: z.string(), message: z.string(), hint: z.string() }) }),
]);

/** PeerRequest is a call on its way: its id, which process waits for the answer, and what is asked. */
export type PeerRequest = z.infer<typeof RequestSchema>;

/** PeerAnswer is what came of a call. */
export type PeerAnswer = z.infer<typeof AnswerSchema>;

/** readRequest reads a call; undefined for a text that this version does not understand. */
export function readRequest(text: string): PeerRequest | undefined {
	return read(RequestSchema, text);
}

/** readAnswer reads an answer; undefined for a text that this version does not understand. */
export function readAnswer(text: string): PeerAnswer | undefined {
	return read(AnswerSchema, text);
}

/** errorAnswer words what was thrown; what is not meant for people stays with whoever threw it. */
export function errorAnswer(id: string, thrown: unknown): PeerAnswer {
	const { code, message, hint } = isCoreError(thrown) ? thrown : BROKEN;
	return { id, error: { code, message, hint } };
}

/** thrownOf is the error of an answer as it was thrown. */
export function thrownOf({ error }: Extract<PeerAnswer, { error: unknown }>): CoreError {
	// Processes of one Errand believe each other; only they can speak on these channels.
	return new CoreError(error.code as ErrorCode, error.message, { hint: error.hint });
}

const BROKEN = new CoreError('internal', 'The call broke something in the process that serves it.', {
	hint: 'The log of that process tells more.',
});

function read<T>(schema: z.ZodType<T>, text: string): T | undefined {
	try {
		return schema.parse(JSON.parse(text));
	} catch {
		return undefined;
	}
}
