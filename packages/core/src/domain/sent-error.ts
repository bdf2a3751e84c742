import { z } from 'zod';
import { CoreError, describeError, type ErrorCode } from './errors.ts';
import type { Usage } from './task/facts.ts';
import { usageOf } from './task/usage.ts';

/** SentError is an error on its way to whoever asked elsewhere. */
export interface SentError {
	readonly code: ErrorCode;
	readonly message: string;
	readonly hint: string;
	readonly retryAfterMs?: number | undefined;
	readonly usage?: Usage | undefined;
}

/** SentErrorSchema reads one that came from elsewhere. */
export const SentErrorSchema: z.ZodType<SentError> = z.object({
	// Processes of one Errand may be of different releases: a code that is new here is kept as it is.
	code: z.string().transform((code) => code as ErrorCode),
	message: z.string(),
	hint: z.string(),
	retryAfterMs: z.number().optional(),
	usage: z
		.looseObject({ tokens: z.number(), microUsd: z.number() })
		.transform((usage) => usage as Usage)
		.optional(),
});

/** sentError makes an error plain data; what is no CoreError becomes `internal`. */
export function sentError(error: unknown): SentError {
	const wait = typeof error === 'object' && error !== null && 'retryAfterMs' in error ? error.retryAfterMs : undefined;
	const usage = usageOf(error);
	const extras = { ...(typeof wait === 'number' ? { retryAfterMs: wait } : {}), ...(usage ? { usage } : {}) };
	if (error instanceof CoreError) return { code: error.code, message: error.message, hint: error.hint, ...extras };
	return {
		code: 'internal',
		message: describeError(error),
		hint: 'Look at the log of the process it ran in.',
		...extras,
	};
}

/** receivedError is the error again, with its wait and its cost. */
export function receivedError({ code, message, hint, ...extras }: SentError): CoreError {
	return Object.assign(new CoreError(code, message, { hint }), extras);
}
