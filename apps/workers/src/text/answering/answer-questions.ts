import type { Source } from '@errand/core/domain/capability.ts';
import type { Document } from '@errand/core/domain/document.ts';
import { type Corpus, readCorpus, sourceOf } from '../corpus.ts';
import { escapeMarkdown, SourceMarks, sourceIn } from '../facts/source-marks.ts';
import type { Passage } from '../passages.ts';
import { nameSource } from '../writing/name-source.ts';
import { type Confidence, type FoundAnswer, findAnswer, readContext } from './find-answer.ts';
import { readStatedFacts, type StatedFact } from './stated-fact.ts';

/** Answer is what the documents say to one question; null when they do not. */
export interface Answer {
	readonly question: string;
	readonly answer: string | null;
	readonly confidence: Confidence;
	readonly sources: Source[];
}

/** Answers is every question with its answer, as data and as Markdown. */
export interface Answers {
	readonly text: string;
	readonly answers: Answer[];
	readonly sources: Source[];
	readonly warnings: string[];
	readonly method: 'rules';
}

/** answerQuestions finds for each question the sentences that answer it, and says so where there are none. */
export function answerQuestions(documents: readonly Document[], questions: readonly string[]): Answers {
	const corpus = readCorpus(documents, { frame: true });
	const context = readContext(corpus);
	const facts = readStatedFacts(documents);
	const marks = new SourceMarks();
	const answers: Answer[] = [];
	const parts = questions.map((question) => {
		const stated = facts.answer(question);
		if (stated.length > 0) {
			answers.push(answerFrom(question, stated));
			return `**${escapeMarkdown(question)}**\n\n${renderFacts(stated, marks)}`;
		}
		const found = findAnswer(corpus, context, question);
		const passages = [...found.passages, ...found.differing];
		answers.push({
			question,
			answer: found.passages.length === 0 ? null : answerOf(found),
			confidence: found.confidence,
			sources: passages.map((passage) => sourceOf(corpus, passage)),
		});
		return `**${escapeMarkdown(question)}**\n\n${render(corpus, found, marks)}`;
	});
	const missed = answers.filter(({ confidence }) => confidence === 'not found').length;
	const note = '*Answers are sentences from the documents, found by fixed rules, not by a language model.*';
	return {
		text: [...parts, ...(missed < questions.length ? [note] : [])].join('\n\n'),
		answers,
		sources: marks.sources,
		warnings: corpus.warnings,
		method: 'rules',
	};
}

function answerFrom(question: string, stated: readonly StatedFact[]): Answer {
	const sources = stated.flatMap(({ document, quotes }) => quotes.map((quote) => sourceIn(document, quote)));
	const told = stated.map((fact) =>
		stated.length > 1 ? `${fact.document.title}: ${valueWithNote(fact)}` : `${fact.name}: ${valueWithNote(fact)}`,
	);
	return { question, answer: told.join('; '), confidence: 'stated', sources };
}

function valueWithNote({ value, note }: StatedFact): string {
	return note === undefined ? value : `${value} (${note})`;
}

function renderFacts(stated: readonly StatedFact[], marks: SourceMarks): string {
	const lines = stated.map((fact) => {
		const name = stated.length > 1 ? fact.document.title : fact.name;
		const note = fact.note === undefined ? '' : ` (${escapeMarkdown(fact.note)})`;
		const from = fact.quotes.map((quote) => marks.of(sourceIn(fact.document, quote))).join('');
		return `${escapeMarkdown(name)}: **${escapeMarkdown(fact.value)}**${note} ${from}`;
	});
	return lines.length > 1 ? lines.map((line) => `- ${line}`).join('\n') : lines.join('');
}

function answerOf({ passages }: FoundAnswer): string {
	const [first] = passages;
	if (first === undefined) return '';
	return isList(passages) ? passages.map(({ plain }) => plain).join('; ') : first.plain;
}

/** Several passages of one list or table are one answer; those of other documents only confirm it. */
function isList(passages: readonly Passage[]): boolean {
	const [first, second] = passages;
	return second !== undefined && first?.document === second.document && first.block === second.block;
}

function render(corpus: Corpus, found: FoundAnswer, marks: SourceMarks): string {
	const [first, ...same] = found.passages;
	if (first === undefined) return 'Not found in these documents.';
	const mark = (passage: Passage) => marks.of(sourceOf(corpus, passage));
	if (isList(found.passages)) {
		return found.passages.map((passage) => `- ${escapeMarkdown(passage.plain)} ${mark(passage)}`).join('\n');
	}
	const hedge = found.confidence === 'likely' ? 'Probably: ' : '';
	const answer = `${hedge}${emphasised(first.plain, found.mark)} ${[first, ...same].map(mark).join('')}`;
	if (found.differing.length === 0) return answer;
	const others = found.differing.map((passage) => {
		const document = corpus.documents[passage.document];
		return `- ${escapeMarkdown(passage.plain)} — ${escapeMarkdown(document === undefined ? '' : nameSource(document))} ${mark(passage)}`;
	});
	return `${answer}\n\nThe documents differ; another one says:\n\n${others.join('\n')}`;
}

function emphasised(plain: string, mark: FoundAnswer['mark']): string {
	if (mark === undefined) return escapeMarkdown(plain);
	const figure = plain.slice(mark.start, mark.end);
	const trimmed = figure.trim();
	const at = mark.start + figure.indexOf(trimmed);
	const [before, after] = [plain.slice(0, at), plain.slice(at + trimmed.length)];
	return `${escapeMarkdown(before)}**${escapeMarkdown(trimmed)}**${escapeMarkdown(after)}`;
}
