import { describe, expect, it } from 'vitest';
import { complete, fail, given, OWNER, plannedStep, start, submitTask } from '../../testing/given-task.ts';
import { asConversationId, asQuestionId } from '../ids.ts';
import { isJsonObject, type Json } from '../json.ts';
import type { Task } from '../task/state.ts';
import { taskEvent, testEvent } from './task-event.ts';

const AT = Date.UTC(2026, 10, 21, 15, 0, 0);
const told = { conversation: asConversationId('web-owner') };

function eventsOf(task: Task) {
	return task.reports.flatMap((report) => {
		const event = taskEvent(task, report, AT);
		return event === undefined ? [] : [{ type: event.type, ...(JSON.parse(event.body) as { data: Json }) }];
	});
}

describe('events of tasks', () => {
	it('tell of the plan and of the result', () => {
		const output = { text: 'Two differences.', sources: [{ title: 'One', url: 'https://a.example/' }] };
		const { reports, ...task } = given(submitTask([plannedStep('a')], told), start('a'), complete('a', output)).task();
		const [planned, done] = eventsOf({ ...task, reports });
		expect(planned).toMatchObject({
			type: 'task.planned',
			timestamp: '2026-11-21T15:00:00.000Z',
			data: {
				task: { id: 't1', goal: 'Do it' },
				plan: { version: 1, by: 'person', steps: [{ id: 'a', title: 'Step a' }] },
			},
		});
		expect(done).toEqual({
			type: 'task.completed',
			timestamp: '2026-11-21T15:00:00.000Z',
			data: {
				task: {
					id: 't1',
					goal: 'Do it',
					status: 'done',
					conversation: 'web-owner',
					createdAt: 1,
					endedAt: 1,
					href: '/v1/tasks/t1',
				},
				result: {
					text: 'Two differences.',
					sources: [{ title: 'One', url: 'https://a.example/' }],
					artifacts: [],
					method: 'rules',
					warnings: [],
				},
			},
		});
	});

	it('tell why a task failed or was stopped', () => {
		const failed = given(submitTask([plannedStep('a')], told), start('a'), fail('a')).task();
		expect(eventsOf(failed).at(-1)).toMatchObject({
			type: 'task.failed',
			data: { task: { status: 'failed' }, error: { code: 'broken', message: 'Step "Step a" failed: It broke.' } },
		});
		const cancel = { type: 'CancelTask', at: 2, by: 'owner', reason: 'You asked for it.' } as const;
		const cancelled = given(submitTask([plannedStep('a')], told), cancel).task();
		expect(eventsOf(cancelled).at(-1)).toMatchObject({
			type: 'task.cancelled',
			data: { task: { status: 'cancelled' }, reason: 'You asked for it.' },
		});
	});

	it('tell of a question, and that it is closed', () => {
		const asked = given(submitTask([plannedStep('a')], { ...told, approve: true })).task();
		const [question] = Object.values(asked.questions);
		const id = question?.question.id ?? asQuestionId('');
		expect(eventsOf(asked).at(-1)).toMatchObject({
			type: 'task.question',
			data: { task: { status: 'waiting' }, question: { id, kind: 'approval' } },
		});
		const answer = { type: 'AnswerQuestion', at: 2, questionId: id, answer: 'approve', by: asked.person } as const;
		const answered = given(submitTask([plannedStep('a')], { ...told, approve: true }), answer).task();
		expect(eventsOf(answered).at(-1)).toMatchObject({
			type: 'task.question_closed',
			data: { question: { id, status: 'answered' } },
		});
	});

	it('say nothing of an end that is none any more', () => {
		const past = given(submitTask([plannedStep('a')], told), start('a'), fail('a'), {
			type: 'RetryTask',
			at: 2,
			by: OWNER,
		});
		expect(eventsOf(past.task()).map(({ type }) => type)).toEqual(['task.planned']);
	});

	it.each([
		['plain', 'x'],
		['outside ASCII', '日本'],
		['quotation marks', '"'],
	])('stay within 64 KB, all in ASCII, whatever the result: %s', (_, letter) => {
		const sources = Array.from({ length: 2_000 }, (_unused, index) => ({
			title: letter.repeat(200),
			url: `https://a/${index}`,
		}));
		const output = { text: letter.repeat(60_000), sources, warnings: [letter.repeat(50_000)] };
		const submitted = submitTask([plannedStep('a')], { ...told, goal: letter.repeat(50_000) });
		const task = given(submitted, start('a'), complete('a', output)).task();
		for (const report of task.reports) {
			const body = taskEvent(task, report, AT)?.body ?? '';
			expect(Buffer.byteLength(body)).toBeLessThanOrEqual(64 * 1024);
			expect(body).toMatch(/^[\x20-\x7e]+$/);
		}
		const { data } = eventsOf(task).at(-1) ?? { data: null };
		expect(isJsonObject(data) && data['result']).toMatchObject({ truncated: true, href: '/v1/tasks/t1' });
	});

	it('stay within 64 KB for a plan of hundreds of long steps', () => {
		const steps = Array.from({ length: 500 }, (_unused, index) =>
			plannedStep(`s${index}`, { title: '長'.repeat(200) }),
		);
		const [event] = eventsOf(given(submitTask(steps, told)).task());
		expect(event).toMatchObject({ data: { plan: { version: 1, truncated: true } } });
	});

	it('can be tried', () => {
		expect(JSON.parse(testEvent('w1', AT).body)).toMatchObject({ type: 'webhook.test', data: { webhook: 'w1' } });
	});
});
