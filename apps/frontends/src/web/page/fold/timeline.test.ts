import { asQuestionId, asReplyId, asTaskId } from '@errand/core/domain/ids.ts';
import type { ConversationEntry } from '@errand/core/orchestrator/desks/desk.ts';
import { describe, expect, it } from 'vitest';
import { mergeEntries, type Outgoing, timeline } from './timeline.ts';

const message = (seq: number, taskId?: string): ConversationEntry => ({
	kind: 'message',
	seq,
	at: seq,
	clientId: `c${seq}`,
	text: `message ${seq}`,
	attachments: [],
	taskId: taskId === undefined ? undefined : asTaskId(taskId),
});
const reply = (
	seq: number,
	kind: 'answer' | 'progress' | 'question' | 'notice',
	taskId?: string,
): ConversationEntry => ({
	kind: 'reply',
	seq,
	at: seq,
	reply: {
		id: asReplyId(`reply-${seq}`),
		kind,
		text: `reply ${seq}`,
		taskId: taskId === undefined ? undefined : asTaskId(taskId),
	},
});
const outgoing = (clientId: string): Outgoing => ({
	clientId,
	text: 'hello',
	files: [{ name: 'a.pdf', bytes: 10 }],
	at: 9,
	status: 'sending',
});
const shape = (entries: readonly ConversationEntry[], outbox: readonly Outgoing[] = []) =>
	timeline(entries, outbox).map((item) => `${item.kind} ${item.key}`);

describe('mergeEntries', () => {
	it('keeps the order of the conversation, whatever the order of arrival', () => {
		const merged = mergeEntries(mergeEntries([], [reply(3, 'answer')]), [message(1), reply(2, 'progress')]);
		expect(merged.map((entry) => entry.seq)).toEqual([1, 2, 3]);
	});

	it('shows a reply that was delivered twice once', () => {
		expect(mergeEntries([reply(2, 'answer')], [reply(2, 'answer')])).toHaveLength(1);
	});

	it('learns which task a message became', () => {
		expect(mergeEntries([message(1)], [message(1, 't1')])).toEqual([message(1, 't1')]);
	});
});

describe('timeline', () => {
	it('lets one choose what a message was meant for, until that is settled', () => {
		const question = { id: asQuestionId('which'), kind: 'choice', purpose: 'goal', text: '?' } as const;
		const asked = { id: asReplyId('w'), kind: 'question', text: '?', inReplyTo: 'c1' } as const;
		const which: ConversationEntry = {
			...{ kind: 'reply', seq: 2, at: 2 },
			reply: { ...asked, question: { ...question, choices: ['Change it', 'New task'] } },
		};
		const choices = (later: readonly ConversationEntry[], outbox: readonly Outgoing[] = []) =>
			timeline([message(1), which, ...later], outbox).flatMap((item) =>
				item.kind === 'text' ? (item.choices ?? 'settled') : [],
			);
		const command: ConversationEntry = { ...message(3), kind: 'message', text: '/tasks' } as ConversationEntry;
		expect(choices([])).toEqual(['Change it', 'New task']);
		expect(choices([command])).toEqual(['Change it', 'New task']);
		expect(choices([message(3)])).toEqual(['settled']);
		expect(choices([], [outgoing('c3')])).toEqual(['settled']);
		const answer: ConversationEntry = {
			...{ kind: 'reply', seq: 3, at: 3 },
			reply: { ...asked, id: asReplyId('a'), kind: 'answer', taskId: asTaskId('t1') },
		};
		expect(choices([answer])).toEqual(['settled']);
	});

	it('shows the plan once, under the message that became the task, and no word of progress beside it', () => {
		const entries = [
			message(1, 't1'),
			reply(2, 'progress', 't1'),
			reply(3, 'question', 't1'),
			reply(4, 'answer', 't1'),
		];
		expect(shape(entries)).toEqual(['message m-c1', 'plan plan-t1', 'question r-reply-3', 'end end-t1']);
	});

	it('shows the plan at the first reply when the message does not know its task yet', () => {
		expect(shape([message(1), reply(2, 'progress', 't1')])).toEqual(['message m-c1', 'plan plan-t1', 'end end-t1']);
	});

	it('marks only the latest end of a task that was retried', () => {
		const items = timeline([message(1, 't1'), reply(2, 'notice', 't1'), reply(3, 'answer', 't1')], []);
		expect(items.filter((item) => item.kind === 'end').map((item) => item.last)).toEqual([false, true]);
	});

	it('keeps the place of an answer to come below the rest, under the key of the answer', () => {
		const before = [message(1, 't1'), message(2)];
		expect(shape(before, [outgoing('new')])).toEqual([
			'message m-c1',
			'plan plan-t1',
			'message m-c2',
			'message m-new',
			'end end-t1',
		]);
		expect(shape([...before, reply(3, 'answer', 't1')]).at(-1)).toBe('end end-t1');
	});

	it('shows a reply that belongs to no task as text', () => {
		expect(shape([reply(1, 'notice')])).toEqual(['text r-reply-1']);
	});

	it('says of whatever did not arrive why, and of nothing else', () => {
		const undelivered = { message: 'Missing Access' };
		const lost = (entry: ConversationEntry) => ({ ...entry, undelivered });
		const items = timeline(
			[message(1, 't1'), lost(reply(2, 'question', 't1')), lost(reply(3, 'notice')), reply(4, 'notice')],
			[],
		);
		expect(items.flatMap((item) => ('undelivered' in item ? [[item.key, item.undelivered]] : []))).toEqual([
			['r-reply-2', undelivered],
			['r-reply-3', undelivered],
		]);
	});

	it('echoes what is being sent below the rest, until the conversation has it', () => {
		expect(shape([message(1)], [outgoing('c1'), outgoing('new')])).toEqual(['message m-c1', 'message m-new']);
	});
});
