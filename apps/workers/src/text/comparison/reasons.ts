import { clip } from '../facts/fact.ts';
import type { Cell, Row } from './cell.ts';
import type { Grid, Reason } from './grid.ts';
import type { Measure } from './measures.ts';
import type { Need } from './needs.ts';
import { money } from './show-money.ts';

/** topicReasons tells what the winner includes of what the need requires. */
export function topicReasons(grid: Grid, need: Need, winner: number, left: readonly number[]): Reason[] {
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

/** reasonsFor tells in what the winner is best. */
export function reasonsFor(
	grid: Grid,
	measures: readonly Measure[],
	winner: number,
	left: readonly number[],
): Reason[] {
	return measures
		.filter((measure) => grid.rows[measure.row]?.topic === undefined && measure.scores.get(winner) === 1)
		.sort((one, other) => other.weight - one.weight)
		.slice(0, 3)
		.map((measure) => comparisonOf(grid, measure, winner, left, true))
		.filter((reason) => reason !== undefined);
}

/** reasonsAgainst tells in what others are better. */
export function reasonsAgainst(
	grid: Grid,
	measures: readonly Measure[],
	winner: number,
	left: readonly number[],
): Reason[] {
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

/** missing tells which wishes could not be judged, and why. */
export function missing(grid: Grid, need: Need, left: readonly number[]): string[] {
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

/** unsure tells what to ask before signing. */
export function unsure(grid: Grid, need: Need, winner: number): string[] {
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

/** uncapped writes a value as the middle of a sentence. */
export function uncapped(value: string | null | undefined): string {
	return value == null ? 'not stated' : `${value[0]?.toLowerCase() ?? ''}${value.slice(1)}`;
}
