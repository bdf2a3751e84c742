import type { Cell } from './cell.ts';
import type { Grid } from './grid.ts';
import type { Need, Wish } from './needs.ts';

const WISHED = 3;
const TOPIC = 5;

/** Measure is one row that counts for the need: each offer's score from 0 to 1, and how much the row weighs. */
export interface Measure {
	readonly row: number;
	readonly weight: number;
	readonly wished: boolean;
	readonly better: 'lower' | 'higher';
	/** 0 to 1 by offer. */
	readonly scores: ReadonlyMap<number, number>;
}

/** measuresOf scores the offers that are left, row by row. */
export function measuresOf(grid: Grid, need: Need, left: readonly number[]): Measure[] {
	const asked = need.wishes.length + need.topics.length > 0;
	return grid.rows.flatMap((row, index): Measure[] => {
		const cells = grid.cells[index] ?? [];
		if (row.topic !== undefined) {
			if (!need.topics.some((topic) => topic.id === row.topic?.id)) return [];
			const worth = { yes: 1, optional: 0.4, no: 0 } as const;
			const scores = new Map(
				left.map((offer) => [
					offer,
					worth[cells[offer]?.coverage ?? 'optional'] - (cells[offer]?.coverage === undefined ? 0.2 : 0),
				]),
			);
			return [{ row: index, weight: TOPIC, wished: false, better: 'higher', scores }];
		}
		const wish = need.wishes.find((one) => one.key === row.key);
		const better = wish?.better ?? row.criterion?.better;
		const isBase = row.criterion?.id === row.key;
		const weight =
			wish === undefined
				? (isBase ? (row.criterion?.weight ?? 0) : (row.criterion?.weight ?? 0) / 4) * (asked ? 0.4 : 1)
				: WISHED;
		if (better === undefined || weight === 0) return [];
		return [{ row: index, weight, wished: wish !== undefined, better, scores: ratios(cells, left, better) }];
	});
}

/** The best figure scores 1, the others by how many times worse they are; nothing compares across currencies or units. */
function ratios(cells: readonly Cell[], left: readonly number[], better: Wish['better']): Map<number, number> {
	const figures = left.flatMap((offer) => {
		const figure = cells[offer]?.figure;
		return figure === undefined ? [] : [{ offer, figure }];
	});
	const units = new Set(figures.map(({ figure }) => figure.unit).filter((unit) => unit !== ''));
	const kinds = new Set(figures.map(({ figure }) => figure.kind));
	if (figures.length < 2 || units.size > 1 || kinds.size > 1) return new Map();
	const values = figures.map(({ figure }) => figure.value);
	const best = better === 'lower' ? Math.min(...values) : Math.max(...values);
	return new Map(figures.map(({ offer, figure }) => [offer, ratio(figure.value, best, better)]));
}

function ratio(value: number, best: number, better: Wish['better']): number {
	if (value === best) return 1;
	const [smaller, larger] = better === 'lower' ? [best, value] : [value, best];
	return larger === Infinity || larger === 0 ? 0 : Math.max(0, smaller / larger);
}

/** total is an offer's weighted score. */
export function total(measures: readonly Measure[], offer: number): number {
	const weights = measures.reduce((sum, measure) => sum + measure.weight, 0);
	// An offer that keeps silent is not given the benefit of the doubt.
	return (
		measures.reduce((sum, measure) => sum + measure.weight * (measure.scores.get(offer) ?? 0), 0) /
		Math.max(weights, 1e-9)
	);
}
