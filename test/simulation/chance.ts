import { normalSample } from '@errand/core/domain/dispatch/samples.ts';

export { seeded } from '@errand/core/domain/dispatch/fixture/seeded.ts';

/** Chance is a source of numbers in [0, 1). */
export type Chance = () => number;

/** waitUntilNext draws the time between two arrivals that know nothing of each other (Poisson). */
export function waitUntilNext(meanMs: number, chance: Chance): number {
	return -meanMs * Math.log(1 - chance());
}

const SPREAD = 0.5;

/** runTime draws the time a run takes: most near the mean, a few several times as long (log-normal). */
export function runTime(meanMs: number, chance: Chance): number {
	return meanMs * Math.exp(SPREAD * normalSample(chance) - (SPREAD * SPREAD) / 2);
}
