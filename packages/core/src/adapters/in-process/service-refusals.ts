import { CoreError, isCoreError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import { receivedError, sentError } from '../../domain/sent-error.ts';

/** MAX_SERVICE_LENGTH is how many characters a call, a piece or an answer may have as JSON. */
export const MAX_SERVICE_LENGTH = 4_000_000;

/** nobodyOffers says that a call found no service. */
export function nobodyOffers(name: string): CoreError {
	return new CoreError('service-down', `Nobody offers the service "${name}" now.`, {
		hint: 'Try it again in a moment: the process that offers it may be starting.',
	});
}

/** lateAnswer says that a call was not answered in time. */
export function lateAnswer(name: string, timeoutMs: number): CoreError {
	return new CoreError('timed-out', `The service "${name}" did not answer within ${timeoutMs} ms.`, {
		hint: 'Try it again, or look whether the process that offers it is busy.',
	});
}

/** calledOff says that a call was cancelled by whoever made it. */
export function calledOff(name: string): CoreError {
	return new CoreError('cancelled', `The call of the service "${name}" was cancelled.`, {
		hint: 'Make it again if it is still wanted.',
	});
}

/** jsonOf writes what a service is told or tells; throws `too-large` for what is more than a call carries. */
export function jsonOf(name: string, value: Json): string {
	const text = JSON.stringify(value);
	if (text.length <= MAX_SERVICE_LENGTH) return text;
	throw new CoreError('too-large', `A call of the service "${name}" carries ${text.length} characters at once.`, {
		hint: `Send at most ${MAX_SERVICE_LENGTH} characters; larger things go as files.`,
	});
}

/** thrownByService is what reaches the caller of a service: its own CoreError, or `internal` for anything else. */
export function thrownByService(error: unknown): CoreError {
	return isCoreError(error) ? error : receivedError(sentError(error));
}
