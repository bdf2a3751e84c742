import { clip } from '../facts/fact.ts';
import type { Cell, Offer, Row } from './cell.ts';
import type { Bound, Need, Wish } from './needs.ts';
import { money } from './show-money.ts';

/** Grid is the whole comparison: rows × offers. */
export interface Grid {
	readonly offers: readonly Offer[];
	readonly rows: readonly Row[];
	/** `cells[row][offer]`. */
	readonly cells: readonly (readonly Cell[])[];
}

/** Reason is one argument with the cells (`[row, offer]`) it quotes. */
export interface Reason {
	readonly text: string;
	readonly cells: readonly (readonly [number, number])[];
}

/** Verdict is the recommended offer, or why the documents do not allow one. */
export type Verdict =
	| {
			readonly offer: number;
			readonly reasons: readonly Reason[];
			readonly against: readonly Reason[];
			readonly caveats: readonly string[];
	  }
	| {
			readonly offer: undefined;
			readonly why: string;
			readonly reasons: readonly Reason[];
			readonly caveats: readonly string[];
	  };

const WISHED = 3;
const TOPIC = 5;
const TOO_CLOSE = 0.015;

/** recommend scores the offers for a need. What the need requires comes first: an offer that leaves it out loses at any price. */
export function recommend(grid: Grid, need: Need): Verdict {
	const { offers } = grid;
	const out = new Map<number, Reason>();
	offers.forEach((_, offer) => {
		const violation = violationOf(grid, need, offer);
		if (violation !== undefined) out.set(offer, violation);
	});
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

function uncapped(value: string | null | undefined): string {
	return value == null ? 'not stated' : `${value[0]?.toLowerCase() ?? ''}${value.slice(1)}`;
}

function breaks(cell: Cell, bound: Bound): boolean {
	if (cell.figure === undefined || (cell.figure.unit !== bound.unit && cell.figure.unit !== '')) return false;
	const { value } = cell.figure;
	return (bound.most !== undefined && value > bound.most) || (bound.least !== undefined && value < bound.least);
}

interface Measure {
	readonly row: number;
	readonly weight: number;
	readonly wished: boolean;
	readonly better: 'lower' | 'higher';
	/** 0 to 1 by offer. */
	readonly scores: ReadonlyMap<number, number>;
}

function measuresOf(grid: Grid, need: Need, left: readonly number[]): Measure[] {
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

function total(measures: readonly Measure[], offer: number): number {
	const weights = measures.reduce((sum, measure) => sum + measure.weight, 0);
	// An offer that keeps silent is not given the benefit of the doubt.
	return (
		measures.reduce((sum, measure) => sum + measure.weight * (measure.scores.get(offer) ?? 0), 0) /
		Math.max(weights, 1e-9)
	);
}

function topicReasons(grid: Grid, need: Need, winner: number, left: readonly number[]): Reason[] {
	return need.topics.flatMap((topic) => {
		const row = grid.rows.findIndex((one) => one.topic?.id === topic.id);
		const cell = grid.cells[row]?.[winner];
		if (cell?.coverage !== 'yes' && cell?.coverage !== 'optional') return [];
		const alone = left.every((offer) => offer === winner || grid.cells[row]?.[offer]?.coverage !== 'yes');
		const how =
			cell.coverage === 'yes' ? (alone ? 'the only one that states it' : 'stated') : 'only as an optional extra';
		return [{ text: `${topic.name}: ${uncapped(cell.value)}, ${how}`, cells: [[row, winner] as const] }];
	});
}

function reasonsFor(grid: Grid, measures: readonly Measure[], winner: number, left: readonly number[]): Reason[] {
	return measures
		.filter((measure) => grid.rows[measure.row]?.topic === undefined && measure.scores.get(winner) === 1)
		.sort((one, other) => other.weight - one.weight)
		.slice(0, 3)
		.map((measure) => comparisonOf(grid, measure, winner, left, true))
		.filter((reason) => reason !== undefined);
}

function reasonsAgainst(grid: Grid, measures: readonly Measure[], winner: number, left: readonly number[]): Reason[] {
	return measures
		.filter((measure) => grid.rows[measure.row]?.topic === undefined && (measure.scores.get(winner) ?? 1) < 1)
		.sort((one, other) => (one.scores.get(winner) ?? 0) - (other.scores.get(winner) ?? 0))
		.slice(0, 2)
		.map((measure) => comparisonOf(grid, measure, winner, left, false))
		.filter((reason) => reason !== undefined);
}

function comparisonOf(
	grid: Grid,
	measure: Measure,
	winner: number,
	left: readonly number[],
	isBest: boolean,
): Reason | undefined {
	const row = grid.rows[measure.row];
	const cells = grid.cells[measure.row] ?? [];
	const own = cells[winner];
	const others = left.filter(
		(offer) =>
			offer !== winner &&
			measure.scores.has(offer) &&
			(isBest || (measure.scores.get(offer) ?? 0) > (measure.scores.get(winner) ?? 0)),
	);
	if (row === undefined || own === undefined || others.length === 0) return undefined;
	if (isBest && others.every((offer) => measure.scores.get(offer) === 1)) return undefined;
	const shown = others.map((offer) => `${brief(cells[offer], row)} (${grid.offers[offer]?.name})`).join(', ');
	const word = isBest ? (measure.better === 'lower' ? 'lowest' : 'highest') : undefined;
	const text =
		word === undefined
			? `${row.name}: ${brief(own, row)}, against ${shown}`
			: `${word[0]?.toUpperCase()}${word.slice(1)} ${row.name.toLowerCase()}: ${brief(own, row)}, against ${shown}`;
	return { text, cells: [winner, ...others].map((offer) => [measure.row, offer] as const) };
}

function brief(cell: Cell | undefined, row: Row): string {
	const { figure } = cell ?? {};
	if (
		figure?.kind === 'money' &&
		row.criterion?.recurring &&
		Number.isFinite(figure.value) &&
		/month|year|annum/i.test(cell?.value ?? '')
	)
		return `${money(figure.value, figure.unit)} a year`;
	if (figure?.kind === 'money' && cell?.value?.includes(' · ')) return money(figure.value, figure.unit);
	return clip((cell?.value ?? 'not stated').split(/[:;] /)[0] ?? '', 60);
}

function missing(grid: Grid, need: Need, left: readonly number[]): string[] {
	return need.wishes.flatMap((wish) => {
		const row = grid.rows.findIndex((one) => one.key === wish.key);
		const silent = left
			.filter((offer) => grid.cells[row]?.[offer]?.figure === undefined)
			.map((offer) => grid.offers[offer]?.name);
		const units = new Set(
			left.map((offer) => grid.cells[row]?.[offer]?.figure?.unit).filter((unit) => unit !== undefined && unit !== ''),
		);
		const name = (grid.rows[row]?.name ?? wish.phrase).toLowerCase();
		if (units.size > 1)
			return [`The ${name} figures are in different units (${[...units].join(', ')}) and were not compared.`];
		return silent.length === 0
			? []
			: [`${silent.join(' and ')} ${silent.length === 1 ? 'does' : 'do'} not state the ${name}.`];
	});
}

function unsure(grid: Grid, need: Need, winner: number): string[] {
	return need.topics.flatMap((topic) => {
		const row = grid.rows.findIndex((one) => one.topic?.id === topic.id);
		const coverage = grid.cells[row]?.[winner]?.coverage;
		if (coverage === undefined)
			return [
				`The document of ${grid.offers[winner]?.name} does not say whether ${topic.name.toLowerCase()} is included: ask before you sign.`,
			];
		return coverage === 'optional' ? [`${topic.name} costs extra: its price is not in the figures above.`] : [];
	});
}
