import type { Amount } from './amounts.ts';
import { clip } from './fact.ts';
import { hasStruck, plainText } from './inline.ts';
import { readClauses, type Standing, standingOf } from './standing.ts';

/** Reading is one value of a cell or of what follows a colon; a cell that tells an old and a new figure gives two. */
export interface Reading {
	readonly value: string;
	readonly amounts: readonly Amount[];
	readonly standing: Standing;
	readonly changed: boolean;
	readonly from?: string;
}

/** readValue reads a value as Markdown and tells figures that hold from those that do not. */
export function readValue(raw: string, kind: Amount['kind'] | undefined, year: number): Reading[] {
	const plain = plainText(raw).replace(/(?<=[\p{L}\d)])[.;,]+$/u, '');
	if (plain === '') {
		return hasStruck(raw)
			? [{ value: plainText(raw.replace(/~~/g, '')), amounts: [], standing: 'former', changed: false }]
			: [];
	}
	const clauses = readClauses(plain, kind, year).filter((clause) => clause.amounts.length > 0);
	if (clauses.length === 0) {
		const standing = standingOf(plain, year);
		return [{ value: clip(plain, 160), amounts: special(plain, kind), standing, changed: false }];
	}
	const [first] = clauses;
	if (clauses.every((clause) => clause.standing === first?.standing && !clause.from)) {
		const amounts = clauses.flatMap((clause) => clause.amounts);
		return [
			{
				value: clip(plain, 160),
				amounts,
				standing: first?.standing ?? 'current',
				changed: clauses.some((clause) => clause.changed),
			},
		];
	}
	return clauses.map((clause) => ({
		value: clause.amounts.map((amount) => amount.text).join(', '),
		amounts: clause.amounts,
		standing: clause.standing,
		changed: clause.changed,
		...(clause.from !== undefined && { from: clause.from }),
	}));
}

/** figureKind is the kind of figure a criterion is measured in; lists and words are not measured. */
export function figureKind(expects: string | undefined): Amount['kind'] | undefined {
	return expects === 'money' || expects === 'duration' || expects === 'quantity' || expects === 'percent'
		? expects
		: undefined;
}

/** "None" is a figure too where a figure is expected, and so is "unlimited". */
function special(plain: string, kind: Amount['kind'] | undefined): Amount[] {
	if (kind === undefined) return [];
	const base = { kind, unit: '', text: plain, start: 0, end: plain.length };
	if (/^(?:unlimited|no limit|unbegrenzt|any time|at any time)\b/i.test(plain))
		return [{ ...base, value: kind === 'duration' ? 0 : Infinity }];
	if (/^(?:none|nil|no (?:deductible|excess|waiting|deposit|fee)|free|keine?)\b|^(?:0|–|-)$/i.test(plain))
		return [{ ...base, value: 0 }];
	return [];
}
