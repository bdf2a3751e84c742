/** ErrorCode names every way Errand refuses or breaks; the HTTP layer maps each one to a status. */
export type ErrorCode =
	| 'invalid-input'
	| 'empty-goal'
	| 'too-large'
	| 'invalid-plan'
	| 'unknown-capability'
	| 'unknown-task'
	| 'unknown-step'
	| 'unknown-question'
	| 'unknown-conversation'
	| 'unknown-artifact'
	| 'unknown-workflow'
	| 'invalid-workflow'
	| 'unknown-schedule'
	| 'unknown-agent'
	| 'invalid-signature'
	| 'tool-failed'
	| 'not-found'
	| 'not-possible'
	| 'version-conflict'
	| 'stale-outcome'
	| 'unauthorized'
	| 'forbidden'
	| 'unpaired'
	| 'rate-limited'
	| 'unsupported-type'
	| 'unreadable-document'
	| 'address-refused'
	| 'fetch-failed'
	| 'model-unavailable'
	| 'model-refused'
	| 'model-reply'
	| 'over-budget'
	| 'over-day-budget'
	| 'browser-failed'
	| 'unknown-outcome'
	| 'timed-out'
	| 'cancelled'
	| 'frontend-down'
	| 'service-down'
	| 'disk-full'
	| 'store-unreachable'
	| 'store-corrupt'
	| 'store-newer'
	| 'data-dir-owned'
	| 'invalid-config'
	| 'shutting-down'
	| 'internal';

/**
 * CoreError is a broken promise or a refusal that a person may read. `message` says what was attempted and what was
 * seen; `hint` says what to do about it.
 */
export class CoreError extends Error {
	readonly code: ErrorCode;
	readonly hint: string;

	constructor(code: ErrorCode, message: string, options: { hint: string; cause?: unknown }) {
		super(message, options.cause === undefined ? undefined : { cause: options.cause });
		this.name = 'CoreError';
		this.code = code;
		this.hint = options.hint;
	}
}

/** isCoreError recognises a CoreError, optionally one of a given code. */
export function isCoreError(error: unknown, code?: ErrorCode): error is CoreError {
	return error instanceof CoreError && (code === undefined || error.code === code);
}

/** describeError turns anything thrown into one line for logs and failures. */
export function describeError(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
