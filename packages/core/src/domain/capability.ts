/** Effects says what a run leaves behind in the world: nothing, something a repeat does not double, or something it would. */
export type Effects = 'none' | 'idempotent' | 'external';

/**
 * Placement says where a handler may run: `inline` in the worker host itself (tiny, pure, bounded, shipped with Errand),
 * `process` in a child process of its own with a memory limit.
 */
export type Placement = 'inline' | 'process';

/** RetryPolicy bounds attempts; `waitsMs[n]` is the wait after the n-th failed attempt, the last one repeating, ± 20 %. */
export interface RetryPolicy {
	readonly maxAttempts: number;
	readonly waitsMs: readonly number[];
}

export const DEFAULT_RETRY: RetryPolicy = { maxAttempts: 4, waitsMs: [1_000, 10_000, 100_000] };
export const DEFAULT_TIMEOUT_MS = 30_000;

/** SessionKind names a resource that is leased to a task and ends with it; a `connection` is what a source of capabilities keeps for it. */
export type SessionKind = 'workspace' | 'browser' | 'connection';

/** FailureKind decides what happens after a failed attempt: only `retryable` and `timed-out` ones are tried again. */
export type FailureKind = 'retryable' | 'permanent' | 'cancelled' | 'timed-out' | 'unknown-outcome';

/** StepFailure is an expected way for an attempt to end; it is stored as a fact and shown to the person. */
export interface StepFailure {
	readonly kind: FailureKind;
	readonly code: string;
	readonly message: string;
	readonly hint?: string;
	/** Wait at least this long before the next attempt (from `Retry-After`). */
	readonly retryAfterMs?: number;
}

/** Source is where a claim comes from: a web address or an artifact, with the words that support it. */
export interface Source {
	readonly title: string;
	readonly url?: string;
	readonly artifact?: string;
	readonly quote?: string;
}

/** ArtifactRef points at a stored file. */
export interface ArtifactRef {
	readonly id: string;
	readonly name: string;
	readonly type: string;
	readonly bytes: number;
}
