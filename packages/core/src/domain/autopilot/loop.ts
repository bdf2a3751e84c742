import type { PersonId } from '../ids.ts';

/** LoopPhase is what a subtask waits for: a test that fails (red), code that makes it pass (green), or its commit. */
export type LoopPhase = 'red' | 'green' | 'commit';

/** TestCounts is what a run of the tests came to. */
export interface TestCounts {
	readonly total: number;
	readonly passed: number;
	readonly failed: number;
	readonly skipped: number;
}

/** Loop is test-driven work on one item: its subitems one after the other, each ending in a commit on a branch of the item's own. */
export interface Loop {
	readonly id: string;
	readonly tag: string;
	/** `5`; it may be moved meanwhile. */
	readonly item: string;
	readonly branch: string;
	/** The branch and commit it began on. */
	readonly from: string;
	readonly base: string;
	/** The last commit that the loop knows of. */
	readonly head: string;
	readonly maxAttempts: number;
	readonly by: PersonId;
	readonly begunAt: number;
	readonly status: 'going' | 'finished' | 'aborted';
	readonly endedAt?: number | undefined;
	/** The subitem that is worked on. */
	readonly sub: number;
	readonly phase: LoopPhase;
	/** How often the tests of this subitem failed though they should have passed. */
	readonly attempts: number;
	/** There were too many of those. */
	readonly blocked: boolean;
	/** Of the last run of the tests of this subitem. */
	readonly tests?: TestCounts | undefined;
	/** Latest last. */
	readonly commits: readonly { readonly sub: number; readonly commit: string }[];
}

/** LOOP_LIMITS bound what a loop remembers. */
export const LOOP_LIMITS = { commits: 200, maxAttempts: 20, usualAttempts: 3 } as const;
