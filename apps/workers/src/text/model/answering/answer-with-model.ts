import type { Document } from '@errand/core/domain/document.ts';
import type { RunContext, RunModel } from '@errand/core/ports/capability.ts';
import { replyByRules } from '../../answering/answer-questions.ts';
import { type Answers, writeAnswers } from '../../answering/reply.ts';
import { byModelOrRules, modelFailure } from '../asking/by-model-or-rules.ts';
import { fitDocument } from '../asking/fit-document.ts';
import { inTurns } from '../asking/in-turns.ts';
import { packed } from '../asking/packed.ts';
import { roomFor, shareRoom, sizeOf } from '../asking/text-size.ts';
import { quotedIn } from '../checking/model-words.ts';
import { addressWarnings } from '../checking/verify-addresses.ts';
import { type AnswerOrder, askAnswers, type GivenAnswers } from './ask-answers.ts';
import { AnswerChecker, type CheckedAnswer } from './check-answer.ts';
import { settleReply } from './settle-reply.ts';

/** answerWithModel has the model answer from the documents, and keeps what they bear out; the rest is the rules'. */
export function answerWithModel(
	model: RunModel,
	{ documents, questions }: { readonly documents: readonly Document[]; readonly questions: readonly string[] },
	{ progress }: Pick<RunContext, 'progress'>,
): Promise<Answers> {
	const rules = replyByRules(documents, questions);
	return byModelOrRules({
		model,
		byRules: () => writeAnswers(rules.replies, { warnings: rules.warnings }),
		byModel: async () => {
			progress({ percent: 10, text: `Reading ${documents.length} documents with the language model` });
			const checker = new AnswerChecker(documents);
			const { answers, shortened, unjoined } = await checkedAnswers(model, checker, { documents, questions });
			const settled = rules.replies.map((reply, index) => settleReply(reply, answers[index]));
			const removed = answers.flatMap((answer) => (answer !== undefined && 'removed' in answer ? answer.removed : []));
			return writeAnswers(
				settled.map(({ reply }) => reply),
				{
					warnings: [
						...rules.warnings,
						...settled.flatMap(({ warnings }) => warnings),
						...addressWarnings(removed),
						...shortened.map(readInParts),
						...unjoined,
					],
					by: settled.some(({ byModel }) => byModel) ? model.name : undefined,
				},
			);
		},
	});
}

interface Asked {
	readonly documents: readonly Document[];
	readonly questions: readonly string[];
}

const REPLY_TOKENS = 4_000;
/** More parts than this cost minutes: beyond them the rules choose what is read. */
const MAX_PARTS = 6;
const HEAD_SIZE = 500;

/** What documents say is asked part by part; questions with answers from several parts are asked again of their quotes alone. */
async function checkedAnswers(
	model: RunModel,
	checker: AnswerChecker,
	{ documents, questions }: Asked,
): Promise<{ answers: (CheckedAnswer | undefined)[]; shortened: string[]; unjoined: string[] }> {
	const maxTokens = Math.min(REPLY_TOKENS, Math.floor(model.contextTokens / 3));
	const room = Math.max(2_000, roomFor(model.contextTokens, maxTokens) - sizeOf(questions.join('\n')));
	const numbered = questions.map((text, index) => ({ number: index + 1, text }));
	const parts = partsOf(documents, questions, room);
	const given = await inTurns(parts, (part) =>
		askAnswers(model, { questions: numbered, documents: part, room, maxTokens }),
	);
	const found = questions.map((question, index) =>
		given.flatMap(({ answers }) => checkedIn(answers, index + 1, checker, question)),
	);
	const several = numbered.filter((_, index) => (found[index] ?? []).filter(stands).length > 1);
	const joined = await joinedAnswers(model, several, { found, documents, room, maxTokens });
	const unjoined: string[] = [];
	const answers = questions.map((question, index) => {
		const [again] = joined === undefined ? [] : checkedIn(joined.answers, index + 1, checker, question);
		if (again !== undefined && stands(again)) return again;
		const standing = found[index]?.filter(stands) ?? [];
		if (standing.length > 1) unjoined.push(notJoined(question, standing.length));
		return standing[0] ?? found[index]?.[0];
	});
	const read = parts.flat();
	return {
		answers,
		unjoined,
		shortened: read.flatMap(({ number, document }) => (document === documents[number - 1] ? [] : [document.title])),
	};
}

function readInParts(title: string): string {
	return `${quotedIn(title, 80)} is long: the language model read only what speaks of the questions.`;
}

function notJoined(question: string, parts: number): string {
	return `${quotedIn(question)} is answered in ${parts} parts of the documents, and the language model gave no usable answer from all of them: what you read is the first part’s answer, so look at the other documents too.`;
}

function stands(answer: CheckedAnswer): boolean {
	return 'reply' in answer;
}

function checkedIn(
	answers: GivenAnswers['answers'],
	number: number,
	checker: AnswerChecker,
	question: string,
): CheckedAnswer[] {
	const given = answers.find((answer) => answer.question === number);
	return given === undefined || given.answer === null || given.answer.trim() === ''
		? []
		: [checker.check(question, given)];
}

function partsOf(
	documents: readonly Document[],
	questions: readonly string[],
	room: number,
): AnswerOrder['documents'][] {
	const sizes = documents.map(({ markdown }) => sizeOf(markdown));
	const shares = shareRoom(sizes, (room - HEAD_SIZE) * MAX_PARTS - documents.length * HEAD_SIZE);
	const about = questions.join(' ');
	const numbered = documents.map((document, index) => ({
		number: index + 1,
		document: fitDocument(document, about, Math.min(shares[index] ?? 0, room - HEAD_SIZE)),
	}));
	return packed(numbered, ({ document }) => sizeOf(document.markdown) + HEAD_SIZE, room);
}

interface Findings {
	readonly found: readonly (readonly CheckedAnswer[])[];
	readonly documents: readonly Document[];
	readonly room: number;
	readonly maxTokens: number;
}

/** When this one fails, the first part's answers are answers still. */
async function joinedAnswers(
	model: RunModel,
	questions: AnswerOrder['questions'],
	{ found, documents, room, maxTokens }: Findings,
): Promise<GivenAnswers | undefined> {
	if (questions.length === 0) return undefined;
	const quotes = questions.flatMap(({ number }) =>
		(found[number - 1] ?? []).flatMap((answer) => ('quotes' in answer ? answer.quotes : [])),
	);
	const quoted = documents.map((document, index) => ({
		number: index + 1,
		document: {
			...document,
			markdown: [...new Set(quotes.filter((one) => one.document === index + 1).map(({ quote }) => quote))].join('\n\n'),
		},
	}));
	try {
		return await askAnswers(model, { questions, documents: quoted, room, maxTokens });
	} catch (error) {
		if (modelFailure(error, model) === undefined) throw error;
		return undefined;
	}
}
