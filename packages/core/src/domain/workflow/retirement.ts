import type { CountedRun } from './state.ts';

/** Three failures one after the other, or half of the latest ten: whatever it was learned from, it holds no more. */
const IN_A_ROW = 3;
const LATEST = 10;
const HALF = 5;

/** isToRetire says whether a learned workflow fails too often to be offered; cancelled runs say nothing and are not counted. */
export function isToRetire(runs: readonly CountedRun[]): boolean {
	const failed = (some: readonly CountedRun[]) => some.filter(({ outcome }) => outcome === 'failed').length;
	const last = runs.slice(-IN_A_ROW);
	return (last.length === IN_A_ROW && failed(last) === IN_A_ROW) || failed(runs.slice(-LATEST)) >= HALF;
}
