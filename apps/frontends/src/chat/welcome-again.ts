import { type ErrorCode, isCoreError } from '@errand/core/domain/errors.ts';

/** isPassing tells whether the host refused a message for as long as it is full or stopping: nothing is wrong with the message. */
export function isPassing(error: unknown): boolean {
	return isCoreError(error) && PASSING.includes(error.code);
}

/** isWelcomeAgain tells whether a message that was refused was not taken, and may be given again. */
export function isWelcomeAgain(error: unknown): boolean {
	return !isCoreError(error) || error.code === 'internal' || isPassing(error);
}

const PASSING: readonly ErrorCode[] = ['disk-full', 'shutting-down'];
