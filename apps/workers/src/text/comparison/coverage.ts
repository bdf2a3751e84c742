import { findAmounts } from '../facts/amounts.ts';
import { readBlocks } from '../facts/blocks.ts';
import { clip, type Fact } from '../facts/fact.ts';
import { plainText } from '../facts/inline.ts';
import type { Lexicon } from '../facts/lexicon.ts';
import { standingOf, standingOfHeading, yearOf } from '../facts/standing.ts';
import { CUES, type Topic } from '../facts/vocabulary.ts';
import { rawPattern, wordPattern } from '../facts/words.ts';
import { splitSentences } from '../sentences.ts';
import type { Cell, Coverage, Offer } from './cell.ts';

/** coverageCell says whether an offer includes a topic: from its lists, its tables, and sentences about it. */
export function coverageCell(topic: Topic, offer: Offer, lexicon: Lexicon): Cell {
	const about = wordPattern([topic.name, ...topic.words]);
	const evidence = [...fromFacts(about, offer.facts), ...fromSentences(about, offer)];
	const words = lexicon.vocabulary.domain === 'insurance' ? INSURED : OFFERED;
	const found = weigh(evidence);
	if (found === undefined) return mentioned(about, offer);
	const amount = found.coverage === 'no' ? undefined : found.used.find((one) => one.amount !== undefined)?.amount;
	const detail = amount === undefined ? '' : ` (${amount})`;
	return {
		value: `${words[found.coverage]}${detail}`,
		coverage: found.coverage,
		quotes: [...new Set(found.used.map((one) => one.quote))].slice(0, 3),
		...(found.note !== undefined && { note: found.note }),
	};
}

const INSURED: Record<Coverage, string> = { yes: 'Covered', no: 'Not covered', optional: 'Optional extra' };
const OFFERED: Record<Coverage, string> = { yes: 'Yes', no: 'No', optional: 'Optional extra' };

interface Evidence {
	readonly coverage: Coverage;
	readonly quote: string;
	readonly amount?: string;
	/** The statement is about the topic as such, not about a detail of it. */
	readonly central: boolean;
	readonly text: string;
}

const NO = wordPattern(CUES.notCovered.filter((word) => !['no', 'none', 'nein'].includes(word)));
const YES = wordPattern(CUES.covered.filter((word) => !['yes', 'ja', '✓', '✔', '●'].includes(word)));
const TICK = /^(?:yes|ja|✓|✔|●|included|covered|incl\.)/i;
const CROSS = /^(?:no\b|none\b|nein\b|✗|✘|✕|–|-$|n\/a)/i;
const OPTIONAL = rawPattern(CUES.optional);
const DOUBLE_NEGATION = wordPattern(CUES.doubleNegation);
/** "Flood, unless you have bought the extension". */
const CAN_BE_BOUGHT =
	/\b(?:unless|except|only)\b.*\b(?:bought|buy|purchased?|added|add|taken out|agreed|extension|endorsement|option|module|rider)\b/i;
const EXCEPT = /\b(?:unless|except|other than|but not|only if|apart from)\b/i;

function fromFacts(about: RegExp, facts: readonly Fact[]): Evidence[] {
	const found: Evidence[] = [];
	for (const fact of facts) {
		const quote = fact.quotes[0] ?? '';
		if (fact.standing === 'former' || fact.standing === 'example') continue;
		if (fact.origin === 'list') {
			const id = fact.meaning?.criterion.id;
			if (!about.test(fact.value) || (id !== 'exclusions' && id !== 'inclusions')) continue;
			const coverage =
				fact.standing === 'optional' || CAN_BE_BOUGHT.test(fact.value)
					? 'optional'
					: id === 'exclusions'
						? 'no'
						: 'yes';
			found.push({ coverage, quote, text: fact.value, central: isCentral(about, fact.value) });
		} else if (about.test(`${fact.label} ${fact.variant ?? ''}`) && fact.origin !== 'sentence' && tellsCoverage(fact)) {
			const coverage = fact.standing === 'optional' ? 'optional' : readValue(fact);
			const amount = coverage === undefined ? undefined : valueIn(fact, coverage);
			if (coverage !== undefined)
				found.push({ coverage, quote, text: fact.value, central: true, ...(amount && { amount }) });
		}
	}
	return found;
}

/** A limit for flood means that flood is covered; a waiting period or a deductible for it says nothing certain. */
function tellsCoverage(fact: Fact): boolean {
	return fact.meaning === undefined || fact.meaning.criterion.id === 'limit' || fact.standing === 'optional';
}

function readValue(fact: Fact): Coverage | undefined {
	if (OPTIONAL.test(fact.value)) return 'optional';
	if (NO.test(fact.value) || CROSS.test(fact.value)) return 'no';
	return TICK.test(fact.value) || YES.test(fact.value) || fact.amounts.length > 0 ? 'yes' : undefined;
}

function isCentral(about: RegExp, text: string): boolean {
	const at = about.exec(text)?.index ?? 99;
	return at <= 25 || text.split(' ').length <= 6;
}

/** What a cell says of the topic: a figure under "Limit" is its limit, whatever words stand around it. */
function valueIn(fact: Fact, coverage: Coverage): string | undefined {
	const [amount] = fact.amounts;
	if (coverage === 'yes' && amount?.kind === 'money' && fact.meaning?.criterion.id === 'limit')
		return `up to ${amount.text}`;
	return moneyIn(fact.value, coverage);
}

/** The price of an extra, or the limit of what is included; a figure of something else is left out. */
function moneyIn(text: string, coverage: Coverage): string | undefined {
	const amounts = findAmounts(text).filter((amount) => amount.kind === 'money');
	if (coverage === 'optional') return (amounts.find((amount) => amount.period !== undefined) ?? amounts[0])?.text;
	const limit = amounts.find((amount) => LIMIT.test(text.slice(Math.max(0, amount.start - 30), amount.start)));
	return limit === undefined ? undefined : `up to ${limit.text}`;
}

const LIMIT = /\b(?:up to|limit(?:ed)?(?: of| to)?|maximum(?: of)?|sum insured|at most|max\.?)[\s:]*$/i;

function fromSentences(about: RegExp, offer: Offer): Evidence[] {
	const year = yearOf(offer.document, undefined);
	return sentencesOf(offer, about).flatMap(({ sentence, plain, optional }) => {
		const standing = standingOf(plain.replace(/\bno longer\b/gi, ''), year);
		if (standing === 'former' || standing === 'example') return [];
		const coverage = judge(plain, standing === 'optional' || optional);
		if (coverage === undefined) return [];
		const amount = moneyIn(plain, coverage);
		return [{ coverage, quote: sentence, text: plain, central: isCentral(about, plain), ...(amount && { amount }) }];
	});
}

function judge(plain: string, optional: boolean): Coverage | undefined {
	if (DOUBLE_NEGATION.test(plain)) return 'yes';
	if (optional || CAN_BE_BOUGHT.test(plain)) return 'optional';
	if (NO.test(plain)) return 'no';
	return YES.test(plain) ? 'yes' : undefined;
}

function sentencesOf(offer: Offer, about: RegExp): { sentence: string; plain: string; optional: boolean }[] {
	const { markdown } = offer.document;
	if (!about.test(markdown)) return [];
	const found = [];
	for (const block of readBlocks(markdown)) {
		if (block.type !== 'paragraph') continue;
		const heading = standingOfHeading(block.section.at(-1) ?? '');
		if (heading === 'former' || heading === 'example') continue;
		for (const sentence of sentencesOfLines(block.lines)) {
			if (about.test(sentence)) found.push({ sentence, plain: plainText(sentence), optional: heading === 'optional' });
		}
	}
	return found.filter(({ plain }) => about.test(plain) && plain.length < 600);
}

/** A short line with a label is a statement of its own; the others are wrapped prose. */
function sentencesOfLines(lines: readonly string[]): string[] {
	const chunks: string[] = [];
	for (const line of lines) {
		const last = chunks.at(-1);
		if (last === undefined || /^[^.]{2,60}: \S.{0,60}$/.test(line) || /^[^.]{2,60}: \S.{0,60}$/.test(last))
			chunks.push(line);
		else chunks[chunks.length - 1] = `${last}\n${line}`;
	}
	return chunks.flatMap(splitSentences);
}

/** A plain "no" beats a "yes" that is only about a detail, and the other way round; an option lifts a "no". */
function weigh(evidence: readonly Evidence[]): { coverage: Coverage; used: Evidence[]; note?: string } | undefined {
	const of = (coverage: Coverage, central: boolean) =>
		evidence.filter((one) => one.coverage === coverage && (!central || one.central));
	const [yes, no, optional] = [of('yes', true), of('no', true), of('optional', false)];
	if (no.length > 0 && yes.length === 0) {
		const exception = no.find((one) => EXCEPT.test(one.text));
		if (optional.length > 0)
			return { coverage: 'optional', used: [...optional, ...no], note: 'not part of the base offer' };
		return { coverage: 'no', used: no, ...(exception && { note: clip(exception.text, 140) }) };
	}
	if (yes.length > 0) {
		const narrower = [...of('no', false)];
		const note = narrower[0] && clip(`but: ${narrower[0].text}`, 140);
		return {
			coverage: 'yes',
			used: [
				...yes.toSorted((one, other) => Number(other.amount !== undefined) - Number(one.amount !== undefined)),
				...narrower,
			],
			...(note && { note }),
		};
	}
	if (optional.length > 0) return { coverage: 'optional', used: optional, note: 'not part of the base offer' };
	const [first] = evidence;
	return first && { coverage: first.coverage, used: [first], note: clip(first.text, 140) };
}

/** Something is said of it, though not whether it is included: the words themselves are shown. */
function mentioned(about: RegExp, offer: Offer): Cell {
	const fact = offer.facts.find((one) => one.standing === 'current' && about.test(one.label));
	if (fact !== undefined) return { value: fact.value, quotes: fact.quotes };
	const [first] = sentencesOf(offer, about);
	return first === undefined
		? { value: null, quotes: [] }
		: { value: clip(first.plain, 140), quotes: [first.sentence] };
}
