import { type Amount, type Period, perYear, readPeriod } from '../facts/amounts.ts';
import type { Fact } from '../facts/fact.ts';
import { isInForce } from '../facts/footnoted.ts';
import { type Cell, factKey, type Offer, type Row } from './cell.ts';
import { normalLabel } from './labels.ts';
import { mergeItems } from './merge-items.ts';
import { showMoney, showRecurring } from './show-money.ts';

/** settle decides what an offer says about a row, of all it says: the figure that holds, for everyone, for the base offer. */
export function settle(row: Row, offer: Offer, asOf?: string): Cell {
	const facts = offer.facts.filter((fact) => row.keys.has(factKey(fact, normalLabel)));
	if (row.criterion?.expects === 'list') return mergeItems(facts, offer.document.markdown);
	const usable = facts.filter((fact) => isUsable(fact, row) && isInForce(fact.from, asOf));
	const current = usable.filter((fact) => fact.standing === 'current');
	if (current.length === 0) return withoutCurrent(usable, row);
	const ranked = current
		.map((fact) => ({ fact, rank: rankOf(fact, row, offer) }))
		.sort((one, other) => other.rank - one.rank)
		.map(({ fact }) => fact);
	const [best] = ranked;
	if (best === undefined) return EMPTY;
	const variants = variantsOf(best, ranked, offer);
	if (variants.length > 1) return severalVariants(variants, row);
	return withOthers(show(best, row), best, ranked, row);
}

const EMPTY: Cell = { value: null, quotes: [] };
const ELSEWHERE = /^(?:see|refer|as (?:stated|shown)|n\/?a\b|tbd|schedule|varies|[-–—?]$)/i;
const SUMMARY = /\b(?:summary|schedule|declarations?|at a glance|key facts|overview|your (?:cover|policy|price))\b/i;

function isUsable(fact: Fact, row: Row): boolean {
	if (ELSEWHERE.test(fact.value)) return false;
	const expects = row.criterion?.expects;
	if (expects === undefined || expects === 'text') return fact.value !== '';
	const unit = row.criterion?.unit;
	if (fact.amounts.length === 0) return fact.origin !== 'sentence' && expects !== 'money' && fact.value.length <= 80;
	return unit === undefined || fact.amounts.some((amount) => amount.unit === unit || amount.unit === '');
}

function rankOf(fact: Fact, row: Row, offer: Offer): number {
	const period = periodOf(fact, fact.amounts[0]);
	return (
		(fact.amounts.length > 0 ? 30 : 0) -
		(fact.label === '' ? 40 : 0) +
		(fact.meaning?.base ? 0 : 10) +
		(fact.origin === 'sentence' ? 0 : 3) +
		(fact.changed ? 25 : 0) +
		(fact.variant !== undefined && isNamed(offer, fact.variant) ? 15 : 0) +
		(fact.section.some((heading) => SUMMARY.test(heading)) ? 2 : 0) +
		(row.criterion?.recurring && period === 'year' ? 4 : 0) -
		Math.min(8, fact.label.split(' ').length) / 2
	);
}

function isNamed(offer: Offer, variant: string): boolean {
	const name = `${offer.name} ${offer.document.title}`.toLowerCase();
	return variant.length > 1 && name.includes(variant.toLowerCase());
}

function withoutCurrent(facts: readonly Fact[], row: Row): Cell {
	const introductory = facts.find((fact) => fact.standing === 'introductory');
	if (introductory !== undefined) {
		const cell = show(introductory, row);
		return { ...cell, note: join(cell.note, 'an introductory offer; what follows it is not stated') };
	}
	const former = facts.find((fact) => fact.standing === 'former');
	if (former !== undefined)
		return { value: null, note: `only a former value is given: ${former.value}`, quotes: former.quotes };
	const optional = facts.find((fact) => fact.standing === 'optional');
	if (optional !== undefined)
		return { value: null, note: `only as an option: ${optional.value}`, quotes: optional.quotes };
	return EMPTY;
}

function show(fact: Fact, row: Row): Cell {
	const amount = pick(fact, row);
	const period = amount && row.criterion?.recurring ? periodOf(fact, amount) : undefined;
	const value = amount?.kind === 'money' && row.criterion?.recurring ? showRecurring(fact, amount, period) : fact.value;
	return {
		value,
		quotes: fact.quotes,
		...(fact.note !== undefined && { note: fact.note }),
		...(amount && {
			figure: {
				value: row.criterion?.recurring ? perYear(amount, period) : amount.value,
				unit: amount.unit,
				kind: amount.kind,
			},
		}),
	};
}

function pick(fact: Fact, row: Row): Amount | undefined {
	const unit = row.criterion?.unit;
	const fitting =
		unit === undefined ? fact.amounts : fact.amounts.filter((amount) => amount.unit === unit || amount.unit === '');
	return fitting.find((amount) => amount.period === 'year') ?? fitting[0];
}

function periodOf(fact: Fact, amount: Amount | undefined): Period | undefined {
	return amount?.period ?? periodInWords(fact.value) ?? readPeriod(fact.label) ?? readPeriod(fact.variant ?? '');
}

/** "$640 (yearly)" has a period, "$640, payable in monthly parts" and "$12, 36 months of warranty" have not. */
function periodInWords(value: string): Period | undefined {
	if (/\b(?:payable|paid|pay|instal+ments?|parts|rates)\b/i.test(value)) return undefined;
	return /\b(?:monthly|yearly|annually|annual|monatlich|jährlich|per (?:month|year|annum))\b/i.test(value)
		? readPeriod(value)
		: undefined;
}

/** Columns of one table that offer the same thing in several versions, none of which the document is named after. */
function variantsOf(best: Fact, ranked: readonly Fact[], offer: Offer): readonly Fact[] {
	if (best.variant === undefined || isNamed(offer, best.variant)) return [];
	const same = ranked.filter(
		(fact) =>
			fact.label === best.label &&
			fact.variant !== undefined &&
			fact.origin === 'table' &&
			fact.meaning?.scope === best.meaning?.scope,
	);
	const different = new Map(same.map((fact) => [fact.variant, fact]));
	return new Set([...different.values()].map((fact) => fact.value)).size > 1 ? [...different.values()] : [];
}

function severalVariants(variants: readonly Fact[], row: Row): Cell {
	const shown = variants.slice(0, 5).map((fact) => ({ fact, cell: show(fact, row) }));
	return {
		value: shown.map(({ fact }) => `${fact.variant}: ${fact.value}`).join(' · '),
		note: `comes in ${variants.length} versions; the first counts for the recommendation`,
		quotes: [...new Set(shown.flatMap(({ fact }) => fact.quotes))],
		...(shown[0]?.cell.figure && { figure: shown[0].cell.figure }),
	};
}

/** What else the document says of it: the value before a change, another way to pay, or a contradiction. */
function withOthers(cell: Cell, best: Fact, ranked: readonly Fact[], row: Row): Cell {
	const amount = pick(best, row);
	if (amount === undefined || cell.figure === undefined) return cell;
	const period = periodOf(best, amount);
	let result = cell;
	const told = new Set<string>([best.value]);
	for (const other of ranked.slice(1)) {
		const figure = pick(other, row);
		if (figure === undefined || other.label === '' || figure.kind !== amount.kind || told.has(other.value)) continue;
		if ((other.meaning?.base ?? false) !== (best.meaning?.base ?? false) || other.value === '') continue;
		const otherPeriod = periodOf(other, figure);
		if (isSame(figure, amount, otherPeriod === period)) continue;
		if (best.changed && !other.changed) {
			if (best.quotes.includes(other.quotes[0] ?? '') || result.note !== undefined) continue;
			result = {
				...result,
				note: `${best.from === undefined ? 'changed' : `from ${best.from}`}; before: ${other.value}`,
				quotes: [...result.quotes, ...other.quotes],
			};
		} else if (row.criterion?.recurring && otherPeriod !== period) {
			if (
				otherPeriod === undefined ||
				isSame({ ...figure, value: perYear(figure, otherPeriod) }, { ...amount, value: perYear(amount, period) }, true)
			)
				continue;
			result = {
				...result,
				note: join(result.note, `or ${showMoney(figure, otherPeriod)}`),
				quotes: [...result.quotes, ...other.quotes],
			};
		} else if (isStatement(other, best, row)) {
			const conflict = `also says ${other.value}`;
			result = { ...result, note: join(result.note, conflict), quotes: [...result.quotes, ...other.quotes], conflict };
		} else continue;
		told.add(other.value);
		if (told.size > 3) break;
	}
	return result;
}

function isSame(one: Amount, other: Amount, samePeriod: boolean): boolean {
	return (
		samePeriod &&
		one.unit === other.unit &&
		Math.abs(one.value - other.value) <= 0.01 * Math.max(1, Math.abs(other.value) / 2)
	);
}

/** A passing figure in prose contradicts nothing; the same label with another figure does. */
function isStatement(other: Fact, best: Fact, row: Row): boolean {
	if (other.origin !== 'sentence' || best.origin === 'sentence') return true;
	return row.criterion?.labels.includes(other.label.toLowerCase()) ?? false;
}

function join(one: string | undefined, other: string): string {
	return one === undefined ? other : `${one}; ${other}`;
}
