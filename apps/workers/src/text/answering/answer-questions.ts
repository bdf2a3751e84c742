import type { Document } from '@errand/core/domain/document.ts';
import { type Corpus, readCorpus, sourceOf } from '../corpus.ts';
import { escapeMarkdown, type SourceMarks, sourceIn } from '../facts/source-marks.ts';
import type { Passage } from '../passages.ts';
import { nameSource } from '../writing/name-source.ts';
import { type FoundAnswer, findAnswer, readContext } from './find-answer.ts';
import { type Answer, type Answers, notFound, type Reply, writeAnswers } from './reply.ts';
import { readStatedFacts, type StatedFact } from './stated-fact.ts';

/** answerQuestions finds for each question the sentences that answer it, and says so where there are none. */
export function answerQuestions(documents: readonly Document[], questions: readonly string[]): Answers {
	const { replies, warnings } = replyByRules(documents, questions);
	return writeAnswers(replies, { warnings });
}

/** replyByRules looks for each answer among labelled facts, then among sentences. */
export function replyByRules(
	documents: readonly Document[],
	questions: readonly string[],
): { readonly replies: readonly Reply[]; readonly warnings: readonly string[] } {
	const corpus = readCorpus(documents, { frame: true });
	const context = readContext(corpus);
	const facts = readStatedFacts(documents);
	const replies = questions.map((question): Reply => {
		const stated = facts.answer(question);
		if (stated.length > 0)
			return { answer: answerFrom(question, stated), isFact: true, render: (marks) => renderFacts(stated, marks) };
		const found = findAnswer(corpus, context, question);
		if (found.passages.length === 0) return notFound(question);
		const sources = [...found.passages, ...found.differing].map((passage) => sourceOf(corpus, passage));
		return {
			answer: { question, answer: answerOf(found), confidence: found.confidence, sources },
			isFact: false,
			render: (marks) => render(corpus, found, marks),
		};
	});
	return { replies, warnings: corpus.warnings };
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
	if (first === undefined) return '';
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
