import { meaningOf, termsOf } from '../text/terms.ts';

/** Topic tells how much of what is looked for some words speak of. */
export interface Topic {
	/** What is looked for, in words. */
	readonly words: string;
	/** How many telling words it has. */
	readonly size: number;
	/** The share of the topic that a text speaks of, 0 to 1. */
	cover(text: string): number;
}

/** Words that say what somebody wants, or when, but not what about. */
const NEUTRAL = new Set(
	termsOf(
		'coming upcoming new newest news latest recent recently current currently today planned overview information details facts background research find look best important main key various different general state situation development happening',
	),
);

/** readTopic reads a topic; one of neutral words alone is taken as it stands. What `without` speaks of is left out. */
export function readTopic(words: string, without?: Topic): Topic {
	const terms = [...new Set(termsOf(words))].filter((term) => without === undefined || without.cover(term) === 0);
	const telling = terms.filter((term) => !NEUTRAL.has(term));
	const wanted = [...new Set((telling.length > 0 ? telling : terms).map(meaningOf))];
	return { words, size: wanted.length, cover: (text) => shareIn(text, wanted) };
}

/** A few letters more or less are the same word: `environment`, `environmental`. */
const LEAST_COMMON = 5;

function shareIn(text: string, wanted: readonly string[]): number {
	if (wanted.length === 0) return 0;
	const said = new Set(termsOf(text).map(meaningOf));
	const found = wanted.filter((term) => said.has(term) || [...said].some((other) => isAkin(term, other)));
	return found.length / wanted.length;
}

function isAkin(one: string, other: string): boolean {
	const [short, long] = one.length <= other.length ? [one, other] : [other, one];
	return short.length >= LEAST_COMMON && long.length - short.length <= 4 && long.startsWith(short);
}
