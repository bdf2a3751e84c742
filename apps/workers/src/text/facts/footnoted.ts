import { isoDate } from '../entities/dates.ts';
import type { Amount } from './amounts.ts';
import { clip, type Fact } from './fact.ts';
import type { Reader } from './fact-source.ts';
import type { Footnote } from './footnotes.ts';
import { figureKind } from './read-value.ts';
import { readClauses, standingOf } from './standing.ts';

/** What footnotes are judged with; changes later than `asOf` are not in force yet. */
export type NoteReader = Reader & { readonly asOf?: string | undefined };

/** withFootnotes applies each fact's footnotes: one that states a new figure replaces the value, others are added as a note. */
export function withFootnotes(
	facts: readonly Fact[],
	notes: ReadonlyMap<string, readonly Footnote[]>,
	reader: NoteReader,
): Fact[] {
	return facts.map((fact) => {
		let result =
			fact.note === undefined ? fact : apply(withoutNote(fact), { mark: '', text: fact.note, quote: '' }, reader);
		for (const mark of fact.marks) {
			const note = choose(notes.get(mark) ?? [], fact, reader);
			if (note !== undefined) result = apply(result, note, reader);
		}
		return result;
	});
}

function choose(candidates: readonly Footnote[], fact: Fact, reader: NoteReader): Footnote | undefined {
	const about = candidates.find((note) =>
		reader.lexicon.anchorsIn(note.text).some((anchor) => anchor.criterion === fact.meaning?.criterion),
	);
	return about ?? candidates[0];
}

const OPTION_NOTE = /^\W*(?:optional|add-on|available as an? (?:option|extra))/i;

function apply(fact: Fact, note: Footnote, reader: NoteReader): Fact {
	const quotes = note.quote === '' ? fact.quotes : [...fact.quotes, note.quote];
	const noted: Fact = { ...fact, quotes, note: joined(fact.note, clip(note.text, 160)) };
	const criterion = fact.meaning?.criterion;
	const named = reader.lexicon.anchorsIn(note.text).map((anchor) => anchor.criterion);
	if (criterion?.expects === 'list' || (named.length > 0 && criterion !== undefined && !named.includes(criterion)))
		return noted;
	const kind = figureKind(criterion?.expects) ?? fact.amounts[0]?.kind;
	if (kind === undefined) return noted;
	const clauses = readClauses(note.text, kind, reader.year);
	const replacing = clauses.find(
		(clause) => clause.standing === 'current' && clause.changed && clause.amounts.length > 0,
	);
	const [amount] = replacing?.amounts ?? [];
	if (replacing !== undefined && amount !== undefined) {
		if (!isInForce(replacing.from, reader.asOf)) return noted;
		const replaced = carryUnit(amount, fact.amounts[0]);
		const since = replacing.from === undefined ? '' : ` from ${replacing.from}`;
		return {
			...fact,
			value: `${replaced.text}${basis(fact, replaced)}`,
			amounts: [replaced],
			standing: fact.standing === 'introductory' || fact.standing === 'former' ? 'current' : fact.standing,
			changed: true,
			...(replacing.from !== undefined && { from: replacing.from }),
			quotes: note.quote === '' ? fact.quotes : [note.quote, ...fact.quotes],
			note: joined(fact.note, `changed by a footnote: ${amount.text}${since}, instead of ${fact.value}`),
		};
	}
	const judged = clauses
		.map((clause) => clause.standing)
		.find((standing) => standing === 'introductory' || standing === 'former');
	const standing =
		judged ??
		(OPTION_NOTE.test(note.text)
			? 'optional'
			: standingOf(note.text.slice(0, 25), 0) === 'example'
				? 'example'
				: undefined);
	return standing === undefined || fact.standing !== 'current' ? noted : { ...noted, standing };
}

/** isInForce tells whether a change dated like this already holds on a day; without a day every written change does. */
export function isInForce(from: string | undefined, asOf: string | undefined): boolean {
	if (from === undefined || asOf === undefined) return true;
	const date = isoDate(from);
	return date === undefined || date <= asOf.slice(0, date.length);
}

/** "… rises to 750" keeps the currency and the period of the figure it replaces. */
function carryUnit(amount: Amount, old: Amount | undefined): Amount {
	return old?.period === undefined || amount.period !== undefined ? amount : { ...amount, period: old.period };
}

function basis(fact: Fact, amount: Amount): string {
	const written = /\b(?:per|a|each|every) [\p{L} ]+$/iu.exec(fact.value)?.[0];
	return written === undefined || /\b(?:per|a|each)\b/.test(amount.text) ? '' : ` ${written}`;
}

function joined(one: string | undefined, other: string): string {
	return one === undefined || one === '' ? other : `${one}; ${other}`;
}

function withoutNote(fact: Fact): Fact {
	const { note: _, ...rest } = fact;
	return rest;
}
