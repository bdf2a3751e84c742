import { setTimeout as wait } from 'node:timers/promises';

/** Timed is what running something many times took: the rate per second and each single time (ms). */
export interface Timed {
	readonly perSecond: number;
	readonly times: readonly number[];
}

/** Spread sums up single times (ms). */
export interface Spread {
	readonly p50: number;
	readonly p95: number;
	readonly p99: number;
	readonly max: number;
}

/** inFlight runs something so many times, `width` at once. */
export async function inFlight(count: number, width: number, run: () => Promise<unknown>): Promise<Timed> {
	const times: number[] = [];
	let left = count;
	const before = performance.now();
	await Promise.all(
		Array.from({ length: width }, async () => {
			while (left-- > 0) {
				const from = performance.now();
				await run();
				times.push(performance.now() - from);
			}
		}),
	);
	return { perSecond: (count / (performance.now() - before)) * 1_000, times };
}

/**
 * paced runs something so many times a second, however long it takes; a single time counts from when it was due, so that
 * what had to wait for its turn is not left out.
 */
export async function paced(count: number, perSecond: number, run: () => Promise<unknown>): Promise<Timed> {
	const times: number[] = [];
	const before = performance.now();
	const running: Promise<void>[] = [];
	for (let index = 0; index < count; index++) {
		const due = before + (index / perSecond) * 1_000;
		const early = due - performance.now();
		if (early > 0) await wait(early);
		running.push(run().then(() => void times.push(performance.now() - due)));
	}
	await Promise.all(running);
	return { perSecond: (count / (performance.now() - before)) * 1_000, times };
}

/** spreadOf sums up single times (ms). */
export function spreadOf(times: readonly number[]): Spread {
	const sorted = times.toSorted((one, other) => one - other);
	const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
	return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** median of some numbers: what rounds of one measurement are reported by. */
export function median(numbers: readonly number[]): number {
	return spreadOf(numbers).p50;
}
