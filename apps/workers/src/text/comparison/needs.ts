import { type Amount, findAmounts, perYear } from '../facts/amounts.ts';
import type { Lexicon } from '../facts/lexicon.ts';
import type { Criterion, Topic } from '../facts/vocabulary.ts';
import { wordPattern, wordsOf } from '../facts/words.ts';
import type { Row } from './cell.ts';

/** Need is what a person said matters to them, in terms of rows. */
export interface Need {
	/** They said something, understood or not. */
	readonly said: boolean;
	readonly wishes: readonly Wish[];
	/** Topics that must be included. */
	readonly topics: readonly Topic[];
	readonly bounds: readonly Bound[];
}

/** Wish is "as low (or high) as possible". */
export interface Wish {
	readonly key: string;
	readonly better: 'lower' | 'higher';
	readonly phrase: string;
}

/** Bound is a figure that an offer must keep: "under $50 a month", "at least 16 GB". */
export interface Bound {
	readonly key: string;
	readonly most?: number;
	readonly least?: number;
	readonly unit: string;
	readonly phrase: string;
}

/** readNeed finds in a need the criteria and topics that it speaks of; what it waves away ("flood does not matter") is left out. */
export function readNeed(need: string, lexicon: Lexicon): Need {
	const text = need.replace(/\s+/g, ' ');
	const { criteria, topics } = lexicon.vocabulary;
	const wishes: Wish[] = [];
	for (const criterion of criteria) {
		const wish = wishFor(text, criterion);
		if (wish !== undefined) wishes.push(wish);
	}
	return {
		said: text.trim() !== '',
		wishes,
		topics: topics.filter((topic) => mention(text, wordPattern(topic.needs, 'giu')) !== undefined),
		bounds: boundsIn(text, criteria),
	};
}

/** wishesOnLabels finds rows outside the vocabulary that the need names: "long battery life", "low weight". */
export function wishesOnLabels(need: string, rows: readonly Row[]): Wish[] {
	return rows.flatMap((row) => {
		if (row.criterion !== undefined || row.topic !== undefined) return [];
		const phrase = mention(need, wordPattern([row.name], 'giu'));
		const better = phrase === undefined ? undefined : direction(need, need.toLowerCase().indexOf(phrase.toLowerCase()));
		return phrase === undefined || better === undefined ? [] : [{ key: row.key, better, phrase }];
	});
}

function wishFor(text: string, criterion: Criterion): Wish | undefined {
	if (criterion.better === undefined) return undefined;
	const wanted = mention(text, wordPattern(criterion.wants, 'giu'));
	if (wanted !== undefined) return { key: criterion.id, better: criterion.better, phrase: wanted };
	const named = mention(text, wordPattern([criterion.name, ...criterion.labels], 'giu'));
	if (named === undefined) return undefined;
	const better = direction(text, text.toLowerCase().indexOf(named.toLowerCase())) ?? criterion.better;
	return { key: criterion.id, better, phrase: named };
}

const WAVED_AWAY_BEFORE =
	/\b(?:no need (?:for|of)|(?:don['’]?t|do not|doesn['’]?t) (?:need|want|care about|mind)|without|not interested in|regardless of|never mind|not (?:near|by|close to|next to|at) (?:the |a |any )?)\s*(?:\w+ ){0,2}$/i;
const WAVED_AWAY_AFTER =
	/^\s*(?:\w+ ){0,2}(?:(?:does|do)(?:n['’]?t| not) matter|(?:is|are)(?:n['’]?t| not) (?:important|needed|necessary|relevant)|(?:is|are) (?:unimportant|irrelevant))/i;

function mention(text: string, pattern: RegExp): string | undefined {
	for (const match of text.matchAll(pattern)) {
		const before = text.slice(Math.max(0, match.index - 50), match.index);
		const after = text.slice(match.index + match[0].length, match.index + match[0].length + 50);
		if (!WAVED_AWAY_BEFORE.test(before) && !WAVED_AWAY_AFTER.test(after)) return match[0];
	}
	return undefined;
}

const LOW = new Set([
	'low',
	'lower',
	'lowest',
	'small',
	'smaller',
	'smallest',
	'short',
	'shorter',
	'light',
	'less',
	'little',
	'minimal',
	'cheap',
]);
const HIGH = new Set([
	'high',
	'higher',
	'highest',
	'large',
	'larger',
	'largest',
	'long',
	'longer',
	'longest',
	'big',
	'bigger',
	'most',
	'more',
	'good',
	'great',
	'best',
	'maximum',
]);

function direction(text: string, at: number): 'lower' | 'higher' | undefined {
	const before = wordsOf(text.slice(Math.max(0, at - 40), at))
		.slice(-3)
		.reverse();
	for (const word of before) {
		if (LOW.has(word)) return 'lower';
		if (HIGH.has(word)) return 'higher';
	}
	return undefined;
}

const MOST =
	/(?:under|below|at most|no more than|not more than|max(?:imum)?(?: of)?|up to|less than|within|cheaper than|not over)\s*(?:a budget of\s*)?$/i;
const LEAST = /(?:at least|no less than|min(?:imum)?(?: of)?|more than|over|above)\s*$/i;

function boundsIn(text: string, criteria: readonly Criterion[]): Bound[] {
	const bounds: Bound[] = [];
	for (const amount of findAmounts(text)) {
		const before = text.slice(Math.max(0, amount.start - 40), amount.start);
		const [most, least] = [MOST.test(before), LEAST.test(before)];
		const criterion = most || least ? criterionOf(text, amount, criteria) : undefined;
		if (criterion === undefined) continue;
		const value = criterion.recurring ? perYear(amount) : amount.value;
		const phrase =
			`${/[\w ]*$/.exec(before.trimEnd())?.[0].trim().split(' ').slice(-3).join(' ') ?? ''} ${amount.text}`.trim();
		bounds.push({ key: criterion.id, unit: amount.unit, phrase, ...(most ? { most: value } : { least: value }) });
	}
	return bounds;
}

function criterionOf(text: string, amount: Amount, criteria: readonly Criterion[]): Criterion | undefined {
	const fitting = criteria.filter(
		(one) => one.expects === amount.kind && (one.unit === undefined || one.unit === amount.unit),
	);
	const around = text.slice(Math.max(0, amount.start - 60), amount.end + 40);
	const named = fitting.find((one) => wordPattern([one.name, ...one.labels]).test(around));
	return named ?? (amount.kind === 'money' ? fitting.find((one) => one.recurring || one.id === 'price') : fitting[0]);
}
