import type { RetryPolicy, StepFailure } from '../capability.ts';

/**
 * retryWaitMs is how long to wait before the next attempt: the policy's wait for this many failures, ± 20 % by `jitter`
 * in [0, 1), and never less than the other side asked for; `undefined` when no attempt is left.
 */
export function retryWaitMs(
	policy: RetryPolicy,
	failures: number,
	failure: StepFailure,
	jitter: number,
): number | undefined {
	if (failures >= policy.maxAttempts) return undefined;
	const wait = policy.waitsMs[Math.min(failures, policy.waitsMs.length) - 1] ?? 0;
	return Math.max(Math.round(wait * (0.8 + 0.4 * jitter)), failure.retryAfterMs ?? 0);
}
