import type { Source } from '@errand/core/domain/capability.ts';
import { escapeMarkdown, SourceMarks } from '../facts/source-marks.ts';
import type { Confidence } from './find-answer.ts';

/** Answer is what the documents say to one question; null when they do not. */
export interface Answer {
	readonly question: string;
	readonly answer: string | null;
	readonly confidence: Confidence;
	readonly sources: Source[];
}

/** Reply is an answer that can be written out; `isFact`: read as a label with its value, not found among sentences. */
export interface Reply {
	readonly answer: Answer;
	readonly isFact: boolean;
	render(marks: SourceMarks): string;
}

/** Answers is every question with its answer, as data and as Markdown. */
export interface Answers {
	readonly text: string;
	readonly answers: Answer[];
	readonly sources: Source[];
	readonly warnings: string[];
	readonly method: 'model' | 'rules';
}

/** notFound is the reply to a question that the documents do not answer. */
export function notFound(question: string): Reply {
	return {
		answer: { question, answer: null, confidence: 'not found', sources: [] },
		isFact: false,
		render: () => 'Not found in these documents.',
	};
}

/** writeAnswers writes all replies under their questions; `by` names the language model that worded some. */
export function writeAnswers(
	replies: readonly Reply[],
	{ warnings, by }: { readonly warnings: readonly string[]; readonly by?: string | undefined },
): Answers {
	const marks = new SourceMarks();
	const parts = replies.map((reply) => `**${escapeMarkdown(reply.answer.question)}**\n\n${reply.render(marks)}`);
	const missed = replies.filter(({ answer }) => answer.confidence === 'not found').length;
	const note =
		by === undefined
			? '*Answers are sentences from the documents, found by fixed rules, not by a language model.*'
			: `*Answered by the language model ${escapeMarkdown(by)} from the documents; every quote and figure was checked to stand there.*`;
	return {
		text: [...parts, ...(missed < replies.length ? [note] : [])].join('\n\n'),
		answers: replies.map(({ answer }) => answer),
		sources: marks.sources,
		warnings: [...warnings],
		method: by === undefined ? 'rules' : 'model',
	};
}
