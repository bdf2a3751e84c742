import { spreadOf } from '../bench/figures.ts';

/** percentiles says in words how times (ms) spread, in seconds. */
export function percentiles(times: readonly number[]): string {
	const { p50, p95, max } = spreadOf(times);
	const [half, most, all] = [p50, p95, max].map((ms) => (ms / 1_000).toFixed(2));
	return `p50 ${half}, p95 ${most}, max ${all} s (of ${times.length})`;
}
