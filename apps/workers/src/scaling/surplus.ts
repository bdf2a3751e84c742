import type { ScaleOptions, WorkerPlace } from '@errand/core/ports/scaling-backend.ts';

/** chooseSurplus chooses which of a platform's instances end: those that are leaving first, then the newest; never one that is kept. */
export function chooseSurplus<I extends { readonly startedAt: number }>(
	instances: readonly I[],
	count: number,
	{ leaving, keep }: Pick<ScaleOptions, 'leaving' | 'keep'>,
	isAt: (instance: I, place: WorkerPlace) => boolean,
): readonly I[] {
	const goes = (instance: I) => leaving.some((place) => isAt(instance, place));
	return instances
		.filter((instance) => !keep.some((place) => isAt(instance, place)))
		.toSorted((a, b) => Number(goes(b)) - Number(goes(a)) || b.startedAt - a.startedAt)
		.slice(0, Math.max(0, count));
}
