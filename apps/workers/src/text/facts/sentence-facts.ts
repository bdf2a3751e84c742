import type { Amount } from './amounts.ts';
import { clip, type Fact, labelText } from './fact.ts';
import { type Reader, standingAround, weaker } from './fact-source.ts';
import { footnoteMarks } from './inline.ts';
import { splitItems } from './items.ts';
import type { Meaning } from './lexicon.ts';
import { figureKind } from './read-value.ts';
import { type Clause, readClauses, type Standing } from './standing.ts';
import { CUES } from './vocabulary.ts';
import { wordPattern } from './words.ts';

/** Sentence is one sentence, as it stands and as plain text, with what the text around says of it. */
export interface Sentence {
	readonly sentence: string;
	readonly plain: string;
	readonly section: readonly string[];
	readonly around: Standing;
}

/** sentenceFacts reads what a sentence states: "You pay the first $500 of each claim", "Flood and war are not covered". */
export function sentenceFacts(reader: Reader, given: Sentence): Fact[] {
	const { plain } = given;
	if (plain.length < 8 || plain.length > 1_500) return [];
	const anchors = reader.lexicon.anchorsIn(plain);
	const facts: Fact[] = [];
	for (const anchor of anchors) {
		const { criterion } = anchor;
		const kind = figureKind(criterion.expects);
		if (criterion.expects === 'list') facts.push(...enumerated(given, anchor));
		if (kind === undefined) continue;
		facts.push(...denied(given, anchor, kind));
		const others = anchors.filter((other) => other !== anchor && other.criterion.expects === criterion.expects);
		for (const { clause, amount } of figuresOf({ reader, plain, anchor, others, kind, unit: criterion.unit })) {
			const scope = criterion.scoped
				? (reader.lexicon.scopeIn(clause.text) ?? headingScope(reader, given.section))
				: undefined;
			const meaning: Meaning = { criterion, base: scope?.base ?? false, ...(scope && { scope: scope.id }) };
			facts.push({
				...shared(given),
				label: plain.slice(anchor.start, anchor.end),
				meaning,
				value: qualified(plain, amount),
				amounts: [amount],
				standing: weaker(weaker(given.around, standingAround('', given.section, reader.year)), clause.standing),
				changed: clause.changed,
				...(clause.from !== undefined && { from: clause.from }),
			});
		}
	}
	const priced = anchors.some((anchor) => anchor.criterion.expects === 'money') ? [] : pricedOnly(reader, given);
	return facts.length > 0 || anchors.length > 0 ? [...facts, ...priced] : [...defined(reader, given), ...priced];
}

/** "Unlimited data for €39 a month": a recurring sum without a label is a price, though a weak one. */
function pricedOnly(reader: Reader, given: Sentence): Fact[] {
	const criterion = reader.lexicon.vocabulary.criteria.find((one) => one.recurring);
	const clause = readClauses(given.plain, 'money', reader.year).find((one) => one.amounts[0]?.period !== undefined);
	const amount = clause?.amounts[0];
	if (criterion === undefined || clause === undefined || amount === undefined) return [];
	const standing = weaker(weaker(given.around, standingAround('', given.section, reader.year)), clause.standing);
	return [
		{
			...shared(given),
			label: '',
			meaning: { criterion, base: false },
			value: amount.text,
			amounts: [amount],
			standing,
			changed: false,
		},
	];
}

/** "There is no waiting period" states a figure too. */
function denied(
	given: Sentence,
	anchor: { criterion: Meaning['criterion']; start: number; end: number },
	kind: Amount['kind'],
): Fact[] {
	const { plain } = given;
	if (
		(kind !== 'duration' && kind !== 'money') ||
		!/\b(?:no|without(?: an?| any)?|zero)\s+$/i.test(plain.slice(0, anchor.start))
	)
		return [];
	if (!/^\s*(?:[.,;!]|$|for\b|at all\b|applies|and\b|or\b)/i.test(plain.slice(anchor.end))) return [];
	const label = plain.slice(anchor.start, anchor.end);
	const amount: Amount = { kind, value: 0, unit: '', text: `no ${label}`, start: anchor.start, end: anchor.end };
	const meaning: Meaning = { criterion: anchor.criterion, base: false };
	return [
		{ ...shared(given), label, meaning, value: 'none', amounts: [amount], standing: given.around, changed: false },
	];
}

function shared(given: Sentence) {
	return {
		origin: 'sentence' as const,
		section: given.section,
		quotes: [given.sentence],
		marks: footnoteMarks(given.sentence),
	};
}

interface Anchored {
	readonly reader: Reader;
	readonly plain: string;
	readonly anchor: { readonly start: number; readonly end: number };
	readonly others: readonly { readonly start: number; readonly end: number }[];
	readonly kind: Amount['kind'];
	readonly unit: string | undefined;
}

const BEFORE =
	/^\s*(?:(?:standard|policy|annual|yearly|monthly|compulsory|per[- ]claim|is|are|of|the|your|our|a|as|notice|waiting|written|in)\s*)*$/i;

/** The figure of an anchor stands right before it ("a $500 deductible"), else is the first one after it. */
function figuresOf({ reader, plain, anchor, others, kind, unit }: Anchored): { clause: Clause; amount: Amount }[] {
	const clauses = readClauses(plain, kind, reader.year);
	const figures = clauses
		.flatMap((clause) => clause.amounts.map((amount) => ({ clause, amount })))
		.filter(({ amount }) => unit === undefined || amount.unit === unit);
	const before = figures.findLast(
		({ amount }) => amount.end <= anchor.start && BEFORE.test(plain.slice(amount.end, anchor.start)),
	);
	const following = figures.filter(({ amount }) => amount.start >= anchor.end);
	const [first, ...later] = following;
	if (first === undefined) return before === undefined ? [] : [before];
	const gap = plain.slice(anchor.end, first.amount.start);
	const taken = others.some((other) => other.start >= anchor.end && other.end <= first.amount.start);
	if (before !== undefined && !STATES.test(gap)) return [before];
	if (gap.length > 90 || taken) return before === undefined ? [] : [before];
	const next = others.find((other) => other.start >= first.amount.end)?.start ?? Infinity;
	const more = later.filter(
		({ clause, amount }) =>
			amount.start < next &&
			clause !== first.clause &&
			(clause.changed || clause.from !== undefined || reader.lexicon.scopeIn(clause.text) !== undefined),
	);
	return [first, ...more];
}

function headingScope(reader: Reader, section: readonly string[]) {
	const heading = section.at(-1) ?? '';
	return heading.length > 0 && heading.length < 40 && reader.lexicon.meaningOf(heading) === undefined
		? reader.lexicon.scopeIn(heading)
		: undefined;
}

const STATES = /^\s*(?:[:=–—]|is|are|of|amounts to|comes to)\s*(?:only |just |now )?$/i;
const QUALIFIER =
	/^ (?:(?:of|per|for|in|on|towards) )?(?:each|every|any one|any|per|a|an|one)(?: [\p{L}-]+){0,2}? (?:claim|claims|event|loss|incident|person|year|period|occurrence|month|item)\b/iu;

function qualified(plain: string, amount: Amount): string {
	return amount.text + (QUALIFIER.exec(plain.slice(amount.end))?.[0] ?? '');
}

const EMPTY_SUBJECT =
	/^(?:this|that|it|they|these|those|what|which|such|the following|if|unless|where|anything|nothing|and|but)\b/i;
const LEAD =
	/^(?:and |or )?(?:any )?(?:loss(?:es)?(?: or damage)?|damage|claims?|costs?)?\s*(?:which (?:is|are) )?(?:caused by|arising from|resulting from|due to|for|from|by)\s+(?=\S)/i;
const DOUBLE_NEGATION = wordPattern(CUES.doubleNegation);

/** "We do not cover X, Y or Z" and "X and Y are excluded". */
function enumerated(given: Sentence, anchor: { criterion: Meaning['criterion']; start: number; end: number }): Fact[] {
	const { plain } = given;
	const phrase = plain.slice(anchor.start, anchor.end);
	if (!anchor.criterion.phrases.includes(phrase.toLowerCase().replace('’', "'")) || DOUBLE_NEGATION.test(plain))
		return [];
	const isAfter = !/^(?:is|are)\b/i.test(phrase);
	const text = isAfter ? plain.slice(anchor.end) : plain.slice(0, anchor.start);
	const subject = text.replace(/^[\s:,]+/, '').replace(/[.;]\s.*$/s, '');
	if (subject.length < 3 || subject.length > 500 || EMPTY_SUBJECT.test(subject)) return [];
	return splitItems(subject.replace(LEAD, ''))
		.filter((item) => item.length <= 160)
		.map((item) => ({
			...shared(given),
			label: phrase,
			meaning: { criterion: anchor.criterion, base: false },
			value: clip(item, 120),
			amounts: [],
			standing: given.around,
			changed: false,
			origin: 'list',
		}));
}

const DEFINED =
	/^(?:the|its|their|our|this|each)\s+((?:[\p{L}-]+\s){0,3}[\p{L}-]+)\s+(?:is|are|costs?|weighs?|lasts?|measures?|holds?|has|amounts? to|comes? to)\s+(.{1,80})/iu;

/** "The battery lasts 12 hours": a label outside the vocabulary, in any domain. */
function defined(reader: Reader, given: Sentence): Fact[] {
	const [, label = '', rest = ''] = DEFINED.exec(given.plain) ?? [];
	const clause = readClauses(rest, undefined, reader.year).find((piece) => piece.amounts.length > 0);
	const amount = clause?.amounts[0];
	if (clause === undefined || amount === undefined) return [];
	return [
		{
			...shared(given),
			label: labelText(label),
			value: qualified(rest, amount),
			amounts: [amount],
			standing: weaker(given.around, clause.standing),
			changed: clause.changed,
			...(clause.from !== undefined && { from: clause.from }),
		},
	];
}
