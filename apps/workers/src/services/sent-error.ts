import type { ErrorCode } from '@errand/core/domain/errors.ts';
import { CoreError, describeError } from '@errand/core/domain/errors.ts';
import type { Usage } from '@errand/core/domain/task/facts.ts';
import { usageOf } from '@errand/core/domain/task/usage.ts';

/** SentError is an error on its way to another process. */
export interface SentError {
	readonly code: ErrorCode;
	readonly message: string;
	readonly hint: string;
	readonly retryAfterMs?: number | undefined;
	readonly usage?: Usage | undefined;
}

/** sentError makes an error plain data; what is no CoreError becomes `internal`. */
export function sentError(error: unknown): SentError {
	const wait = typeof error === 'object' && error !== null && 'retryAfterMs' in error ? error.retryAfterMs : undefined;
	const usage = usageOf(error);
	const extras = { ...(typeof wait === 'number' ? { retryAfterMs: wait } : {}), ...(usage ? { usage } : {}) };
	if (error instanceof CoreError) return { code: error.code, message: error.message, hint: error.hint, ...extras };
	return { code: 'internal', message: describeError(error), hint: 'Look at the log of the worker.', ...extras };
}

/** receivedError is the error again, with its wait and its cost. */
export function receivedError({ code, message, hint, ...extras }: SentError): CoreError {
	return Object.assign(new CoreError(code, message, { hint }), extras);
}
