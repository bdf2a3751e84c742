import { seeded } from '@errand/core/domain/dispatch/fixture/seeded.ts';

/** ALL: every boundary, and not some of them by chance. */
export const ALL = process.env['ERRAND_BOUNDARIES'] === 'all';

/** sampleOf picks so many, the same for a seed, spread over the whole. */
export function sampleOf<T>(all: readonly T[], count: number, seed: number): readonly T[] {
	const stride = all.length / count;
	const chance = seeded(seed);
	return Array.from({ length: Math.min(count, all.length) }, (_, n) => Math.floor((n + chance()) * stride)).flatMap(
		(index) => all.slice(index, index + 1),
	);
}
