import type { PersonId } from '../ids.ts';
import type { TestCounts } from './loop.ts';

/** LoopFactData is what can happen to a loop; these facts stand in the stream of its backlog. */
export interface LoopFactData {
	LoopBegun: {
		readonly loopId: string;
		readonly tag: string;
		readonly item: string;
		/** The first subitem. */
		readonly sub: number;
		readonly branch: string;
		readonly from: string;
		readonly base: string;
		readonly maxAttempts: number;
		readonly by: PersonId;
	};
	/** What was missing is there now; with `alreadyThere` the tests passed before anything was written. */
	LoopPhaseCompleted: {
		readonly loopId: string;
		readonly sub: number;
		readonly phase: 'red' | 'green';
		readonly tests: TestCounts;
		readonly alreadyThere?: boolean | undefined;
	};
	LoopAttemptFailed: {
		readonly loopId: string;
		readonly sub: number;
		readonly tests: TestCounts;
		readonly attempts: number;
		readonly blocked: boolean;
	};
	/** A subitem that was blocked has all its attempts again. */
	LoopUnblocked: { readonly loopId: string; readonly sub: number };
	/** Without `commit` there was nothing to commit, because it was there already; without `next` it was the last one. */
	LoopSubitemCompleted: {
		readonly loopId: string;
		readonly sub: number;
		readonly commit?: string | undefined;
		readonly next?: number | undefined;
	};
	LoopEnded: { readonly loopId: string; readonly outcome: 'finished' | 'aborted' };
}

export type LoopFactType = keyof LoopFactData;

/** RecordedLoopFact is such a fact with its time. */
export type RecordedLoopFact = {
	[T in LoopFactType]: { readonly type: T; readonly data: LoopFactData[T]; readonly at: number };
}[LoopFactType];
