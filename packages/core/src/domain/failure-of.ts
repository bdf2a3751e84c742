import type { FailureKind, StepFailure } from './capability.ts';
import { CoreError, describeError, type ErrorCode } from './errors.ts';

/** failureOf says what an error thrown by what carries out a step means for its step: whether it is worth another attempt, and what the person reads. */
export function failureOf(error: unknown): StepFailure {
	if (isAbort(error)) return CANCELLED;
	if (error instanceof CoreError) {
		const { code, message, hint } = error;
		if (code === 'cancelled') return CANCELLED;
		return { kind: kindOf(code), code, message, hint, ...waitOf(error) };
	}
	return {
		kind: 'retryable',
		code: 'internal',
		message: `The step broke off: ${describeError(error).slice(0, MAX_MESSAGE_LENGTH)}`,
		hint: 'It is tried again by itself. If it keeps failing, look at its input and at the log of the worker.',
		...waitOf(error),
	};
}

function kindOf(code: ErrorCode): FailureKind {
	if (code === 'unknown-outcome') return 'unknown-outcome';
	return RETRYABLE.has(code) ? 'retryable' : 'permanent';
}

const MAX_MESSAGE_LENGTH = 2_000;
const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
	'fetch-failed',
	'timed-out',
	'rate-limited',
	'disk-full',
	'model-unavailable',
	'browser-failed',
	'store-unreachable',
]);
const CANCELLED: StepFailure = {
	kind: 'cancelled',
	code: 'cancelled',
	message: 'The step was stopped before it ended.',
	hint: 'Retry the task to run it again.',
};

function isAbort(error: unknown): boolean {
	return error instanceof Error && error.name === 'AbortError';
}

/** The wait the other side asked for, carried by the error as `retryAfterMs`. */
function waitOf(error: unknown): { retryAfterMs?: number } {
	if (typeof error !== 'object' || error === null || !('retryAfterMs' in error)) return {};
	const { retryAfterMs } = error;
	return typeof retryAfterMs === 'number' && retryAfterMs >= 0 ? { retryAfterMs } : {};
}
