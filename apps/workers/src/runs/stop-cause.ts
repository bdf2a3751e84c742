import type { RunOutcome } from '@errand/core/ports/job-queue.ts';
import { failureOf } from './failure-of.ts';

/** StopCause is why a run is ended from outside; `lapsed`: its worker lost the job, or the task's browser. */
export type StopCause = 'cancelled' | 'timed-out' | 'drained' | 'lapsed';

/** How long a run that was told to stop may take to end by itself; it must be gone in 200 ms, on a busy machine too. */
export const STOP_GRACE_MS = 75;

/** stoppedOutcome is how a stopped run ends, whatever its handler still said. */
export function stoppedOutcome(cause: StopCause, timeoutMs: number): RunOutcome {
	switch (cause) {
		case 'cancelled':
			return { kind: 'failed', failure: failureOf(abortError()) };
		case 'timed-out':
			return {
				kind: 'failed',
				failure: {
					kind: 'timed-out',
					code: 'timed-out',
					message: `The step took longer than ${describeSeconds(timeoutMs)} and was stopped.`,
					hint: 'It is tried again by itself. Give the step a larger timeoutMs, or less to do at once.',
				},
			};
		case 'lapsed':
			// What it may have done to the world, nobody knows.
			return { kind: 'lost', cause: 'host-died' };
		case 'drained':
			return { kind: 'lost', cause: 'drained' };
	}
}

/** abortError is what a stopped handler's AbortSignal carries. */
export function abortError(): DOMException {
	return new DOMException('The step was stopped.', 'AbortError');
}

function describeSeconds(ms: number): string {
	return ms < 1_000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`;
}
