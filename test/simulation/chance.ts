import { normalSample } from '@errand/core/domain/dispatch/samples.ts';

/** Chance is a source of numbers in [0, 1). */
export type Chance = () => number;

/** seeded gives the same numbers each time (Mulberry32). */
export function seeded(seed: number): Chance {
	let state = seed | 0;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}

/** waitUntilNext draws the time between two arrivals that know nothing of each other (Poisson). */
export function waitUntilNext(meanMs: number, chance: Chance): number {
	return -meanMs * Math.log(1 - chance());
}

const SPREAD = 0.5;

/** runTime draws the time a run takes: most near the mean, a few several times as long (log-normal). */
export function runTime(meanMs: number, chance: Chance): number {
	return meanMs * Math.exp(SPREAD * normalSample(chance) - (SPREAD * SPREAD) / 2);
}
