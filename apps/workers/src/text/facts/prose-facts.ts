import { type Amount, findAmounts } from './amounts.ts';
import { clip, type Fact, labelText } from './fact.ts';
import { labelledFacts, type Reader, standingAround, weaker } from './fact-source.ts';
import { footnoteMarks, plainText } from './inline.ts';
import { splitItems } from './items.ts';
import type { Meaning } from './lexicon.ts';
import { figureKind } from './read-value.ts';
import { type Clause, readClauses, type Standing } from './standing.ts';
import { CUES } from './vocabulary.ts';
import { wordPattern } from './words.ts';

/** Prose is a run of text under its headings; `standing` is what the text around says of it. */
export interface Prose {
	readonly text: string;
	readonly section: readonly string[];
	readonly standing?: Standing;
}

/** proseFacts reads `Label: value` lines and sentences such as "You pay the first $500 of each claim". */
export function proseFacts(reader: Reader, prose: Prose): Fact[] {
	const facts: Fact[] = [];
	let example = false;
	for (const sentence of chunksOf(reader, prose.text).flatMap(splitSentences)) {
		const plain = plainText(sentence);
		const carried: boolean = example && CARRIES_ON.test(plain);
		const around: Standing = carried ? 'example' : (prose.standing ?? 'current');
		const pair = readPair(reader, sentence);
		if (pair !== undefined) {
			facts.push(
				...labelledFacts(reader, {
					...pair,
					quote: sentence,
					section: prose.section,
					origin: 'pair',
					standing: around,
				}),
			);
		}
		if (pair === undefined || pair.value.length > 60) {
			facts.push(...sentenceFacts(reader, { sentence, plain, section: prose.section, around }));
		}
		example = carried || readClauses(plain, undefined, reader.year)[0]?.standing === 'example';
	}
	return facts;
}

/** A line with a label stands for itself; other lines are one wrapped paragraph. */
function chunksOf(reader: Reader, text: string): string[] {
	const chunks: string[][] = [[]];
	for (const line of text.split('\n')) {
		if (readPair(reader, line) === undefined) chunks.at(-1)?.push(line);
		else chunks.push([line], []);
	}
	return chunks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
}

/** splitSentences cuts Markdown at full stops; abbreviations and dates hold together. */
export function splitSentences(text: string): string[] {
	const sentences: string[] = [];
	for (const piece of text.split(END_OF_SENTENCE)) {
		const last = sentences.at(-1);
		if (last !== undefined && (ABBREVIATION.test(last) || (/(?<!\d)\d{1,2}\.$/.test(last) && MONTH.test(piece)))) {
			sentences[sentences.length - 1] = `${last} ${piece}`;
		} else if (piece.trim() !== '') sentences.push(piece.trim());
	}
	return sentences;
}

const END_OF_SENTENCE =
	/(?<=[.!?]["'”’)\]*_]{0,3}(?:\[\^?\w{1,4}\]|\[\\?\[?\w{1,3}\\?\]?\]\(#[^)\s]{0,80}\)|[¹²³⁴-⁹]|<sup>[^<]{1,6}<\/sup>)?)\s+(?=["'“‘(*_[¹²³]{0,3}[\p{Lu}\d$€£])/u;
const ABBREVIATION =
	/(?:^|[\s(])(?:e\.g|i\.e|approx|no|vs|incl|max|min|ca|z\. ?b|bzw|mr|mrs|ms|dr|st|art|para|sec|p\.a)\.$/i;
const MONTH = /^(?:Jan|Feb|Mar|Mär|Apr|May|Mai|Jun|Jul|Aug|Sep|Oct|Okt|Nov|Dec|Dez)/;
const PAIR =
	/^\s*(?:[-*•+]\s+)?(?:\*\*|__)?([^\n:|.!?]{2,70}?)(?:\*\*|__)?\s*(?::(?:\*\*|__)?\s+|\s+[–—=]\s+|\s?\.{4,}\s?|\s?…{2,}\s?)(\S.*)$/u;

function readPair(reader: Reader, line: string): { label: string; value: string } | undefined {
	const [, label = '', value = ''] = PAIR.exec(line) ?? [];
	const plain = labelText(plainText(label));
	if (plain === '' || plain.split(' ').length > 8 || /^(?:https?|www)/i.test(plain) || !/\p{L}/u.test(plain))
		return undefined;
	// "Please note: …" in the middle of prose is no fact; a known label or a figure makes it one.
	if (reader.lexicon.meaningOf(plain) === undefined && value.length > 80 && findAmounts(value).length === 0)
		return undefined;
	return { label, value };
}

const CARRIES_ON =
	/^(?:in this case|in that case|then|so|here|you would|we would|we then|of this|the remaining|in the example)\b/i;

interface Sentence {
	readonly sentence: string;
	readonly plain: string;
	readonly section: readonly string[];
	readonly around: Standing;
}

function sentenceFacts(reader: Reader, given: Sentence): Fact[] {
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
