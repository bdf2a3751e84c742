import { CoreError } from '@errand/core/domain/errors.ts';
import { cancelledCall } from '../told-error.ts';

/** TimeLimit ends the wait for work that does not end by itself: a page can be stuck in its own script. */
export interface TimeLimit {
	race<T>(work: Promise<T>): Promise<T>;
	/** To be called when there is nothing to wait for any more. */
	end(): void;
}

/** timeLimit lets work take so long, a moment more than it was told itself, or until the signal fires. */
export function timeLimit(signal: AbortSignal, timeoutMs: number, what: string): TimeLimit {
	const { promise, reject } = Promise.withResolvers<never>();
	promise.catch(() => undefined);
	const abort = () => reject(cancelledCall());
	const timer = setTimeout(() => reject(tookTooLong(what, timeoutMs)), timeoutMs + GRACE_MS);
	if (signal.aborted) abort();
	signal.addEventListener('abort', abort, { once: true });
	return {
		race: (work) => Promise.race([work, promise]),
		end: () => {
			clearTimeout(timer);
			signal.removeEventListener('abort', abort);
		},
	};
}

/** within resolves with what work gives, or with the substitute if it fails or takes too long. */
export async function within<T>(ms: number, work: Promise<T>, substitute: T): Promise<T> {
	const { promise, resolve } = Promise.withResolvers<T>();
	const timer = setTimeout(resolve, ms, substitute);
	try {
		return await Promise.race([work.catch(() => substitute), promise]);
	} finally {
		clearTimeout(timer);
	}
}

function tookTooLong(what: string, timeoutMs: number): CoreError {
	return new CoreError(
		'timed-out',
		`Cannot ${what}: the page did not react within ${Math.ceil(timeoutMs / 1_000)} s.`,
		{
			hint: 'Its own scripts may keep it busy. Try again, or give the step more time.',
		},
	);
}

/** Playwright's own time-outs say more, so they come first. */
const GRACE_MS = 300;
