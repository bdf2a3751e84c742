import type { Cell } from './cell.ts';
import type { Grid, Reason, Verdict } from './grid.ts';
import { measuresOf, total } from './measures.ts';
import type { Bound, Need } from './needs.ts';
import { missing, reasonsAgainst, reasonsFor, topicReasons, uncapped, unsure } from './reasons.ts';

const TOO_CLOSE = 0.015;

/** recommend scores the offers for a need. What the need requires comes first: an offer that leaves it out loses at any price. */
export function recommend(grid: Grid, need: Need): Verdict {
	const { offers } = grid;
	const out = violations(grid, need);
	const left = offers.map((_, offer) => offer).filter((offer) => !out.has(offer));
	const excluded = [...out.values()];
	if (left.length === 0) {
		return { offer: undefined, why: 'None of them meets what you need.', reasons: excluded, caveats: [] };
	}
	const measures = measuresOf(grid, need, left);
	const caveats = missing(grid, need, left);
	const usable = measures.filter((measure) => measure.scores.size > 0);
	if (left.length > 1 && !usable.some((measure) => new Set(measure.scores.values()).size > 1)) {
		return {
			offer: undefined,
			why: 'The documents give nothing that sets them apart for this need.',
			reasons: excluded,
			caveats,
		};
	}
	const wishedFor = measures.filter((measure) => measure.wished);
	if (left.length > 1 && wishedFor.length > 0 && wishedFor.every((measure) => measure.scores.size < 2)) {
		return {
			offer: undefined,
			why: `What matters to you (${wishedFor.map((one) => grid.rows[one.row]?.name.toLowerCase()).join(', ')}) is not stated by enough of them to compare.`,
			reasons: excluded,
			caveats,
		};
	}
	const totals = left
		.map((offer) => ({ offer, total: total(usable, offer) }))
		.sort((one, other) => other.total - one.total);
	const [first, second] = totals;
	if (first === undefined) return { offer: undefined, why: 'There is nothing to compare.', reasons: [], caveats };
	if (second !== undefined && first.total - second.total < TOO_CLOSE) {
		const names = [first, second].map(({ offer }) => offers[offer]?.name).join(' and ');
		return {
			offer: undefined,
			why: `${names} are too close to call on what the documents state.`,
			reasons: excluded,
			caveats,
		};
	}
	return {
		offer: first.offer,
		reasons: [
			...topicReasons(grid, need, first.offer, left),
			...reasonsFor(grid, usable, first.offer, left),
			...excluded,
		],
		against: reasonsAgainst(grid, usable, first.offer, left),
		caveats: [...caveats, ...unsure(grid, need, first.offer)],
	};
}

/** violations tells which offers leave out what the need requires, and what that is. */
export function violations(grid: Grid, need: Need): Map<number, Reason> {
	const out = new Map<number, Reason>();
	grid.offers.forEach((_, offer) => {
		const violation = violationOf(grid, need, offer);
		if (violation !== undefined) out.set(offer, violation);
	});
	return out;
}

function violationOf(grid: Grid, need: Need, offer: number): Reason | undefined {
	const name = grid.offers[offer]?.name ?? '';
	for (const topic of need.topics) {
		const row = grid.rows.findIndex((one) => one.topic?.id === topic.id);
		if (grid.cells[row]?.[offer]?.coverage === 'no') {
			return {
				text: `${name} is out, whatever its price (${topic.name.toLowerCase()}: ${uncapped(grid.cells[row]?.[offer]?.value)})`,
				cells: [[row, offer]],
			};
		}
	}
	for (const bound of need.bounds) {
		const row = grid.rows.findIndex((one) => one.key === bound.key);
		const cell = grid.cells[row]?.[offer];
		if (cell !== undefined && breaks(cell, bound)) {
			return {
				text: `${name} is out: ${grid.rows[row]?.name.toLowerCase()} is ${cell.value}, and you asked for ${bound.phrase}`,
				cells: [[row, offer]],
			};
		}
	}
	return undefined;
}

function breaks(cell: Cell, bound: Bound): boolean {
	if (cell.figure === undefined || (cell.figure.unit !== bound.unit && cell.figure.unit !== '')) return false;
	const { value } = cell.figure;
	return (bound.most !== undefined && value > bound.most) || (bound.least !== undefined && value < bound.least);
}
