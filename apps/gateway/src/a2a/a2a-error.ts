import {
	A2AError,
	RequestMalformedError,
	TaskNotCancelableError,
	TaskNotFoundError,
	UnsupportedOperationError,
} from '@a2a-js/sdk/errors';
import { CoreError } from '@errand/core/domain/errors.ts';
import { problemOf } from '../http/problem.ts';

/** a2aError words anything thrown as an error of A2A. What is no refusal keeps its words to itself. */
export function a2aError(error: unknown): Error {
	if (error instanceof A2AError) return error;
	const { code, detail, hint } = problemOf(error);
	const message = `${detail} ${hint}`.trim();
	const options = { message, cause: error, metadata: { code } };
	if (!(error instanceof CoreError)) return new A2AError(options);
	switch (code) {
		case 'unknown-task':
			return new TaskNotFoundError(options);
		case 'invalid-input':
		case 'empty-goal':
		case 'too-large':
		case 'unknown-question':
		case 'address-refused':
			return new RequestMalformedError(options);
		case 'not-possible':
		case 'forbidden':
			return new UnsupportedOperationError(options);
		default:
			return new A2AError(options);
	}
}

/** malformed refuses a message that cannot be read. */
export function malformed(message: string): Error {
	return new RequestMalformedError(message);
}

/** unsupported refuses what the task cannot do now. */
export function unsupported(message: string): Error {
	return new UnsupportedOperationError(message);
}

/** notCancelable refuses to cancel what has ended. */
export function notCancelable(message: string): Error {
	return new TaskNotCancelableError(message);
}
