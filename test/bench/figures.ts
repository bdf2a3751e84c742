/** Figure is one line of the benchmark table. Times are in ms. */
export interface Figure {
	readonly name: string;
	readonly perSecond?: number | undefined;
	readonly p50?: number | undefined;
	readonly p95?: number | undefined;
	readonly max?: number | undefined;
	/** Anything measured that is neither a rate nor a time: megabytes, milliseconds of a start. */
	readonly value?: string | undefined;
}

/** timesOf sums up single times (ms). */
export function timesOf(times: readonly number[]): Pick<Figure, 'p50' | 'p95' | 'max'> {
	const sorted = times.toSorted((one, other) => one - other);
	const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
	return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

/** oneByOne runs something so many times, one after the other, and gives the times (ms). */
export async function oneByOne(count: number, run: () => Promise<unknown>): Promise<number[]> {
	const times: number[] = [];
	for (let done = 0; done < count; done++) {
		const before = performance.now();
		await run();
		times.push(performance.now() - before);
	}
	return times;
}

/** inFlight runs something so many times, `width` at once, and gives the rate per second. */
export async function inFlight(count: number, width: number, run: () => Promise<unknown>): Promise<number> {
	let left = count;
	const before = performance.now();
	await Promise.all(
		Array.from({ length: width }, async () => {
			while (left-- > 0) await run();
		}),
	);
	return (count / (performance.now() - before)) * 1_000;
}

/** median of some numbers: what rounds of one measurement are reported by. */
export function median(numbers: readonly number[]): number {
	return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}
