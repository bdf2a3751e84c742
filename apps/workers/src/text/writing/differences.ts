import type { Figure } from '../figures.ts';
import { meaningOf, termsOf } from '../terms.ts';
import type { Claim } from './claims.ts';

/** Difference is two claims that state another figure for the same thing. */
export interface Difference {
	readonly one: Claim;
	readonly other: Claim;
	readonly figures: readonly [Figure, Figure];
}

/** findDifferences finds where documents disagree on a figure: the same kind of figure, in much the same words, with another value. */
export function findDifferences(
	claims: readonly Claim[],
	topic: string | undefined,
	weight: (term: string) => number,
): Difference[] {
	const known = new Set(termsOf(topic ?? '').map(meaningOf));
	const stated = claims.slice(0, MOST).flatMap((claim) => statements(claim, known));
	const found: Difference[] = [];
	stated.forEach((one, at) => {
		for (const other of stated.slice(at + 1)) {
			if (!differ(one, other, weight)) continue;
			const told = found.some((known) => sameSides(known, one.claim, other.claim));
			if (!told) found.push({ one: one.claim, other: other.claim, figures: [one.figure, other.figure] });
		}
	});
	return found;
}

const MOST = 150;

interface Statement {
	readonly claim: Claim;
	readonly figure: Figure;
	readonly clause: string;
	/** What the figure is about: the meanings of its sentence without figures and topic. */
	readonly about: ReadonlySet<string>;
	readonly years: string;
	readonly places: string;
}

function statements(claim: Claim, known: ReadonlySet<string>): Statement[] {
	const { plain, kind } = claim.passage;
	if (kind === 'row') return [];
	return claim.figures
		.filter((figure) => figure.kind !== 'duration' && !isRelative(plain, figure))
		.map((figure) => {
			const clause = clauseAround(plain, figure);
			const words = withoutFigures(clause, claim.figures);
			const about = new Set(
				termsOf(words)
					.map(meaningOf)
					.filter((meaning) => !known.has(meaning)),
			);
			return { claim, figure, clause, about, years: yearsIn(plain, figure), places: placesIn(clause) };
		});
}

function differ(one: Statement, other: Statement, weight: (term: string) => number): boolean {
	const [figure, against] = [one.figure, other.figure];
	if (figure.kind !== against.kind || figure.unit !== against.unit || figure.value === against.value) return false;
	if (figure.kind === 'date' && String(figure.value).length !== String(against.value).length) return false;
	if (one.claim === other.claim || speakers(one.claim).some((document) => speakers(other.claim).includes(document)))
		return false;
	if (one.years !== '' && other.years !== '' && one.years !== other.years) return false;
	if (one.places !== '' && other.places !== '' && one.places !== other.places) return false;
	if (isOfEach(one, other) || isOfEach(other, one)) return false;
	// Whoever states both figures knows of the other one: "£240 million, not £310 million".
	if (states(one.claim, against) || states(other.claim, figure)) return false;
	const shared = [...one.about].filter((meaning) => other.about.has(meaning));
	if (shared.length < 2) return false;
	const total = (about: ReadonlySet<string>) => [...about].reduce((sum, term) => sum + weight(term), 0);
	const common = shared.reduce((sum, term) => sum + weight(term), 0);
	return common / Math.min(total(one.about), total(other.about)) >= 0.4;
}

function speakers({ passage, also }: Claim): number[] {
	return [passage, ...also].map(({ document }) => document);
}

function states(claim: Claim, { kind, value, unit }: Figure): boolean {
	return claim.figures.some((figure) => figure.kind === kind && figure.value === value && figure.unit === unit);
}

/** "£9,500 a machine" and "£133 million for 14,000 machines": of one, and of all of them. */
function isOfEach({ clause }: Statement, { claim }: Statement): boolean {
	return claim.figures.some(({ kind, value, unit }) => {
		if (kind !== 'count' || Number(value) <= 1) return false;
		const one = unit.replace(/(?:(?<=ch|sh|ss|x)es|s)$/, '').replace(/ie$/, 'y');
		return new RegExp(`\\b(?:an?|one|each|every|per) (?:[\\p{L}-]+ ){0,2}${one}(?![\\p{L}])`, 'iu').test(clause);
	});
}

function sameSides(known: Difference, one: Claim, other: Claim): boolean {
	return (known.one === one && known.other === other) || (known.one === other && known.other === one);
}

/** "£70 million more than", "rose by 34 percent": a change of a figure, not the figure. */
function isRelative(text: string, { start, end }: Figure): boolean {
	return (
		/^\s*(?:more|less|higher|lower|fewer|above|below|extra|additional|on top)\b/i.test(text.slice(end)) ||
		(/\b(?:by|another|extra|additional|further|difference of|increase of|cut of)\s+(?:about |around |some |nearly |up to )?$/i.test(
			text.slice(0, start),
		) &&
			/\b(?:rose|rise|rises|fell|fall|falls|grew|increas\w*|decreas\w*|reduc\w*|drop\w*|cut|cuts|lower\w*|another|extra|additional|further|difference)\b/i.test(
				text.slice(Math.max(0, start - 80), start),
			))
	);
}

const CLAUSE = /[;—–]|, (?:because|while|whereas|although|but|and|so that|which|who|where|of which)\b/;

function clauseAround(text: string, { start, end }: Figure): string {
	const before = text.slice(0, start).split(CLAUSE).at(-1) ?? '';
	const after = text.slice(end).split(CLAUSE)[0] ?? '';
	return before + text.slice(start, end) + after;
}

function withoutFigures(clause: string, figures: readonly Figure[]): string {
	return figures.reduce((text, figure) => {
		// What is counted says what the figure is about; the number does not.
		const things = figure.kind === 'count' ? figure.unit : ' ';
		return text.replace(figure.text, ` ${things} `);
	}, clause);
}

function yearsIn(text: string, { kind, text: own }: Figure): string {
	if (kind === 'date') return '';
	const years = text.replace(own, ' ').match(/\b(?:19|20)\d\d\b/g) ?? [];
	return [...new Set(years)].sort().join(' ');
}

function placesIn(clause: string): string {
	const names = clause.match(/(?<=\b(?:in|at|near|for|across) (?:the )?)\p{Lu}\p{L}+(?: \p{Lu}\p{L}+)*/gu) ?? [];
	return [...new Set(names)]
		.filter(
			(name) =>
				!/^(?:January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)$/.test(
					name,
				),
		)
		.sort()
		.join(' ');
}
