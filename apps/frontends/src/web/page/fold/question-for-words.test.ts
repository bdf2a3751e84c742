import type { ReplyBody } from '@errand/core/domain/conversation/reply.ts';
import { asQuestionId, asReplyId } from '@errand/core/domain/ids.ts';
import type { Question } from '@errand/core/domain/task/question.ts';
import { describe, expect, it } from 'vitest';
import { questionForWords } from './question-for-words.ts';
import type { TimelineItem } from './timeline.ts';

const question = (id: string, kind: Question['kind'] = 'text'): Question => {
	return { id: asQuestionId(id), kind, purpose: 'goal', text: `${id}?` };
};

/** What stands in the chat where each task asked one or more questions, all open but those named. */
function wordsAnswer(asked: Readonly<Record<string, readonly Question[]>>, closed: readonly string[] = []) {
	const items = Object.entries(asked).flatMap(([taskId, questions]) =>
		questions.map((one): TimelineItem => {
			const reply = { id: asReplyId(`r-${one.id}`), kind: 'question', text: one.text, question: one } as ReplyBody;
			return { kind: 'question', key: one.id, taskId, reply };
		}),
	);
	const found = questionForWords(items, (taskId) =>
		Object.fromEntries(
			(asked[taskId] ?? []).map((one) => {
				const status = closed.includes(one.id) ? 'answered' : 'open';
				return [one.id, { question: one, status }];
			}),
		),
	);
	return found?.question.id;
}

describe('questionForWords', () => {
	it('is the first open question of the only task that asks for words', () => {
		expect(wordsAnswer({ a: [question('q1'), question('q2')] })).toBe('q1');
		expect(wordsAnswer({ a: [question('q1'), question('q2')] }, ['q1'])).toBe('q2');
		expect(wordsAnswer({ a: [question('q1')], b: [question('q2')] }, ['q1'])).toBe('q2');
	});

	it('is none where the words themselves decide, or nothing is asked', () => {
		expect(wordsAnswer({ a: [question('q1', 'choice'), question('q2')] })).toBeUndefined();
		expect(wordsAnswer({ a: [question('q1', 'approval')] })).toBeUndefined();
		expect(wordsAnswer({ a: [question('q1')], b: [question('q2')] })).toBeUndefined();
		expect(wordsAnswer({ a: [question('q1')] }, ['q1'])).toBeUndefined();
		expect(wordsAnswer({})).toBeUndefined();
	});

	it('leaves tasks that have ended alone, which need not be followed', () => {
		const reply = { id: asReplyId('r'), kind: 'question', text: '?', question: question('q1') } as ReplyBody;
		const items: TimelineItem[] = [
			{ kind: 'question', key: 'q', taskId: 'a', reply },
			{ kind: 'end', key: 'e', taskId: 'a', reply: { ...reply, kind: 'answer' }, last: true },
		];
		expect(
			questionForWords(items, () => {
				throw new Error('A task that has ended was looked up.');
			}),
		).toBeUndefined();
	});
});
