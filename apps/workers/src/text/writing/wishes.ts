import { COUNT_WORDS } from '../facts/amounts.ts';
import { meaningOf, termsOf } from '../terms.ts';

/** Wishes is what rules understand of a request in the person's own words. */
export interface Wishes {
	/** How many points they want. */
	readonly points: number | undefined;
	/** What they care about besides the topic; empty when they only say what to write. */
	readonly about: string;
}

/** wishesIn reads a request: "write five talking points on the plan for parents, mostly about noise". */
export function wishesIn(need: string | undefined, topic: string | undefined): Wishes {
	const words = (need ?? '').replace(/\b(?:https?:\/\/|www\.)\S+/gi, ' ');
	const known = new Set(termsOf(topic ?? '').map(meaningOf));
	const about = words
		.split(/\s+/)
		.filter((word) => !FRAME.test(word) && !/^\d+$/.test(word))
		.filter((word) => termsOf(word).some((term) => !known.has(meaningOf(term))))
		.join(' ');
	return { points: pointsIn(words), about };
}

/** "One of the points" asks for no number of them. */
const COUNTS = Object.keys(COUNT_WORDS).filter((word) => word !== 'one');
const POINTS = new RegExp(
	`\\b(\\d{1,2}|${COUNTS.join('|')})\\s+(?:\\p{L}+\\s+){0,2}?(?:points?|bullets?|arguments)\\b`,
	'iu',
);

function pointsIn(words: string): number | undefined {
	const written = POINTS.exec(words)?.[1]?.toLowerCase() ?? '';
	const count = COUNT_WORDS[written] ?? Number(written);
	return count >= 1 && count <= MOST_POINTS ? count : undefined;
}

const MOST_POINTS = 20;

/** Words that say what to make of something, not what it is about. */
const FRAME =
	/^\W*(?:write|draft|prepare|compose|create|make|produce|put|give|send|collect|gather|research|summari[sz]e|compare|find|look|read|tell|use|using|include|base|focus(?:ing|ed|es)?|concentrate|emphasi[sz]e|cover|mention|keep|start|end|report|e-?mail|mail|talking|points?|bullets?|arguments?|items?|list|text|note|brief|briefing|memo|page|pages|documents?|files?|links?|sources?|articles?|website|sites?|say|says|said|short|long|please|want|need|like|help|about|mostly|mainly|especially|particularly|me|my|our|us)\W*$/i;
