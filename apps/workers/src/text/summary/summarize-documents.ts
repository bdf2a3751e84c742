import type { Source } from '@errand/core/domain/capability.ts';
import type { Document } from '@errand/core/domain/document.ts';
import { clarity, standalone } from '../clarity.ts';
import { type Corpus, readCorpus, sourceOf } from '../corpus.ts';
import { escapeMarkdown, SourceMarks } from '../facts/source-marks.ts';
import { findFigures } from '../figures.ts';
import type { Passage } from '../passages.ts';
import { centrality, coverage, indexTerms, overlap, queryOf, similarity, type TermIndex } from '../ranking.ts';
import { termsOf } from '../terms.ts';

/** What to summarise, and how. */
export interface SummaryRequest {
	readonly documents: readonly Document[];
	/** What the person cares about; sentences on it come first. */
	readonly focus?: string | undefined;
	readonly maxSentences?: number | undefined;
	readonly style?: 'paragraph' | 'bullets' | undefined;
}

/** Summary is what some documents say in a few sentences, in reading order. */
export interface Summary {
	readonly text: string;
	readonly sentences: string[];
	readonly sources: Source[];
	readonly warnings: string[];
	readonly method: 'model' | 'rules';
}

/** summarizeDocuments picks the sentences that together say most of what the documents say; every one is taken from the text. */
export function summarizeDocuments({ documents, focus, maxSentences = 5, style }: SummaryRequest): Summary {
	const corpus = readCorpus(documents);
	const warnings = [...corpus.warnings];
	const chosen = pickSentences(corpus, maxSentences, focus);
	if (chosen.length === 0 && corpus.passages.length === 0 && warnings.length === 0)
		warnings.push('There is no text to summarise.');
	if (focus !== undefined && chosen.length > 0 && !speaksOf(corpus, chosen, focus)) {
		warnings.push(`Nothing was found on “${focus}”; this is a summary of the whole.`);
	}
	const marks = new SourceMarks();
	const sentences = chosen.map((passage) => {
		const mark = marks.of(sourceOf(corpus, passage));
		const sentence = escapeMarkdown(passage.kind === 'sentence' ? standalone(passage.plain) : passage.plain);
		return documents.length > 1 ? `${sentence} ${mark}` : sentence;
	});
	return {
		text: render(sentences, style ?? (isProse(chosen) ? 'paragraph' : 'bullets')),
		sentences: chosen.map(({ plain }) => plain),
		sources: marks.sources,
		warnings,
		method: 'rules',
	};
}

/** pickSentences chooses the sentences of a summary, in reading order. */
export function pickSentences(corpus: Corpus, most: number, focus?: string): Passage[] {
	const { passages, index } = worthSumming(corpus);
	const scores = scoresOf({ ...corpus, passages, index }, focus);
	const ranked = passages.map((_, at) => at).sort((one, other) => (scores[other] ?? 0) - (scores[one] ?? 0));
	const chosen: number[] = [];
	const used = new Map<number, number>();
	const left = new Set(ranked.filter((at) => (scores[at] ?? 0) > 0).slice(0, 60 + most * 10));
	while (chosen.length < most && left.size > 0) {
		let best: { at: number; score: number } | undefined;
		for (const at of left) {
			const score =
				(scores[at] ?? 0) * novelty(at, chosen, index) * 0.8 ** (used.get(passages[at]?.document ?? 0) ?? 0);
			if (best === undefined || score > best.score) best = { at, score };
		}
		if (best === undefined || best.score <= 0) break;
		left.delete(best.at);
		chosen.push(best.at);
		const document = passages[best.at]?.document ?? 0;
		used.set(document, (used.get(document) ?? 0) + 1);
	}
	return chosen.sort((one, other) => one - other).flatMap((at) => passages[at] ?? []);
}

/** The middle of a very long text is read for its sentences only as far as its words are shared; short lines are left out. */
function worthSumming({ passages, index }: Corpus): { passages: readonly Passage[]; index: TermIndex } {
	const kept = passages.filter((passage) => clarity(passage) > 0);
	return kept.length === passages.length ? { passages, index } : { passages: kept, index: indexTerms(kept) };
}

function scoresOf(corpus: Corpus, focus: string | undefined): number[] {
	const { passages, index, documents } = corpus;
	const central = centrality(index);
	const titles = documents.map((document) => queryOf(document.title, index));
	const wanted = focus === undefined ? undefined : queryOf(focus, index);
	const lengths = new Map<number, number>();
	const firstOfSection = new Set<Passage>();
	const seen = new Set<string>();
	for (const passage of passages) {
		lengths.set(passage.document, (lengths.get(passage.document) ?? 0) + 1);
		const section = `${passage.document}\n${passage.section.join('\n')}`;
		if (!seen.has(section)) firstOfSection.add(passage);
		seen.add(section);
	}
	const places = new Map<number, number>();
	// On a page of facts rather than prose, figures are what it is about.
	const prose = passages.filter(({ kind }) => kind === 'sentence').length;
	const figureWorth = prose * 2 < passages.length ? 0.2 : 0.06;
	return passages.map((passage, at) => {
		const terms = index.terms[at] ?? new Set();
		const place = places.get(passage.document) ?? 0;
		places.set(passage.document, place + 1);
		const title = titles[passage.document];
		const lead = place < 4 ? 1 - place * 0.2 : 0.25 * (1 - place / (lengths.get(passage.document) ?? 1));
		const figures = Math.min(2, findFigures(passage.plain).length);
		const score =
			(central[at] ?? 0) +
			0.5 * lead +
			(firstOfSection.has(passage) ? 0.12 : 0) +
			(title === undefined ? 0 : 0.35 * coverage(title, terms)) +
			figureWorth * figures;
		const about = wanted === undefined ? 0 : coverage(wanted, [...terms, ...termsOf(passage.section.join(' '))]);
		return (score + 2.5 * about) * clarity(passage);
	});
}

/** What was said already is worth little; twice the same is worth nothing. */
function novelty(at: number, chosen: readonly number[], index: TermIndex): number {
	const terms = index.terms[at] ?? new Set();
	let most = 0;
	for (const other of chosen) {
		const said = index.terms[other] ?? new Set();
		if (overlap(terms, said, index.weight) > 0.8) return 0;
		most = Math.max(most, similarity(terms, said, index.weight));
	}
	return most > 0.6 ? 0 : 1 - most;
}

function speaksOf(corpus: Corpus, chosen: readonly Passage[], focus: string): boolean {
	const query = queryOf(focus, corpus.index);
	return chosen.some((passage) => coverage(query, termsOf(`${passage.plain} ${passage.section.join(' ')}`)) >= 0.3);
}

function isProse(chosen: readonly Passage[]): boolean {
	return chosen.filter(({ kind }) => kind === 'sentence').length * 2 > chosen.length;
}

function render(sentences: readonly string[], style: 'paragraph' | 'bullets'): string {
	if (sentences.length === 0) return 'There is nothing to summarise: no whole sentence was found.';
	return `${joinSentences(sentences, style)}\n\n*${NOTE}*`;
}

/** joinSentences puts the sentences of a summary together as a paragraph or as a list. */
export function joinSentences(sentences: readonly string[], style: 'paragraph' | 'bullets'): string {
	return style === 'bullets'
		? sentences.map((sentence) => `- ${sentence}`).join('\n')
		: sentences.map(closed).join(' ');
}

/** In a paragraph a row or an item ends like a sentence; its mark comes after the full stop. */
function closed(sentence: string): string {
	const [, text = sentence, mark = ''] = /^(.*?)((?: \[\d+\])*)$/s.exec(sentence) ?? [];
	return /[.!?:…。！？]["”’»)\]]*$/.test(text) ? sentence : `${text}.${mark}`;
}

const NOTE = 'Sentences picked from the text by fixed rules, not by a language model.';
