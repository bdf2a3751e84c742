import { type Criterion, CUES, type Topic, type Vocabulary } from './vocabulary.ts';
import { rawPattern, wordPattern } from './words.ts';

/** Meaning is what a label stands for: a criterion, and the part of the offer it is limited to. */
export interface Meaning {
	readonly criterion: Criterion;
	readonly scope?: string;
	/** The part is the main one (the building of a house), so that it may stand for the whole. */
	readonly base: boolean;
}

/** Lexicon is a vocabulary made ready for matching. */
export interface Lexicon {
	readonly vocabulary: Vocabulary;
	/** What a short label means, if anything. */
	meaningOf(label: string): Meaning | undefined;
	/** Where a sentence speaks of a criterion, in order. */
	anchorsIn(sentence: string): { readonly criterion: Criterion; readonly start: number; readonly end: number }[];
	/** The scope named in a piece of text. */
	scopeIn(text: string): { readonly id: string; readonly name: string; readonly base: boolean } | undefined;
	topicOf(text: string): Topic | undefined;
}

/** lexiconOf compiles a vocabulary once; labels are remembered, because tables repeat them. */
export function lexiconOf(vocabulary: Vocabulary): Lexicon {
	const known = lexicons.get(vocabulary);
	if (known !== undefined) return known;
	const lexicon = compile(vocabulary);
	lexicons.set(vocabulary, lexicon);
	return lexicon;
}

const lexicons = new Map<Vocabulary, Lexicon>();
const PREPOSITION = new RegExp(
	`^(?:${CUES.prepositions.map((word) => word.replace('.', '\\.')).join('|')})(?![\\p{L}\\d])`,
	'iu',
);
const NOT_AFTER = rawPattern(CUES.notAfterLabel);
const MAX_LABELS_REMEMBERED = 10_000;

function compile(vocabulary: Vocabulary): Lexicon {
	const labels = vocabulary.criteria.map((criterion) => ({ criterion, pattern: wordPattern(criterion.labels, 'giu') }));
	const anchors = vocabulary.criteria.map((criterion) => ({
		criterion,
		pattern: wordPattern([...criterion.labels, ...criterion.phrases], 'giu'),
	}));
	const scopes = vocabulary.scopes.map((scope) => ({ scope, pattern: wordPattern(scope.words) }));
	const topics = vocabulary.topics.map((topic) => ({ topic, pattern: wordPattern([topic.name, ...topic.words]) }));
	const remembered = new Map<string, Meaning | undefined>();

	function scopeIn(text: string) {
		return scopes.find(({ pattern }) => pattern.test(text))?.scope;
	}

	const lists = vocabulary.criteria
		.filter((criterion) => criterion.expects === 'list')
		.map((criterion) => ({ criterion, pattern: new RegExp(`${wordPattern(criterion.phrases).source}$`, 'iu') }));

	function read(label: string): Meaning | undefined {
		if (label.length > 90 || label.split(' ').length > 12) return undefined;
		let best: { criterion: Criterion; start: number; length: number } | undefined;
		for (const { criterion, pattern } of labels) {
			for (const match of label.matchAll(pattern)) {
				const rest = label.slice(match.index + match[0].length).replace(/^[\s:–—-]+/, '');
				// The head of an English label comes last: a "premium discount" is no premium.
				if (rest !== '' && !rest.startsWith('(') && !/^[/*,&)]/.test(rest) && !PREPOSITION.test(rest)) continue;
				if (best === undefined || match[0].length > best.length)
					best = { criterion, start: match.index, length: match[0].length };
			}
		}
		if (best === undefined) {
			// "This policy does not cover: …" introduces a list by a phrase.
			const criterion = lists.find(({ pattern }) => pattern.test(label))?.criterion;
			return criterion && { criterion, base: false };
		}
		const around = `${label.slice(0, best.start)} ${label.slice(best.start + best.length)}`;
		const scope = best.criterion.scoped ? scopeIn(around) : undefined;
		return { criterion: best.criterion, base: scope?.base ?? false, ...(scope && { scope: scope.id }) };
	}

	return {
		vocabulary,
		scopeIn,
		meaningOf(label) {
			if (remembered.has(label)) return remembered.get(label);
			const meaning = read(label);
			if (remembered.size < MAX_LABELS_REMEMBERED) remembered.set(label, meaning);
			return meaning;
		},
		anchorsIn(sentence) {
			const found = [];
			for (const { criterion, pattern } of anchors) {
				for (const match of sentence.matchAll(pattern)) {
					const end = match.index + match[0].length;
					const next = /^[\s-]*(\S+)/.exec(sentence.slice(end, end + 30))?.[1] ?? '';
					if (!NOT_AFTER.test(next)) found.push({ criterion, start: match.index, end });
				}
			}
			return withoutOverlaps(found);
		},
		topicOf: (text) => topics.find(({ pattern }) => pattern.test(text))?.topic,
	};
}

function withoutOverlaps<Anchor extends { start: number; end: number }>(anchors: Anchor[]): Anchor[] {
	const kept: Anchor[] = [];
	for (const anchor of anchors.sort((one, other) => other.end - other.start - (one.end - one.start))) {
		if (!kept.some((other) => anchor.start < other.end && other.start < anchor.end)) kept.push(anchor);
	}
	return kept.sort((one, other) => one.start - other.start);
}
