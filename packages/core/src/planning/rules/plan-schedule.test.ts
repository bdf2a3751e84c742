import { describe, expect, test } from 'vitest';
import { asPersonId, asTaskId } from '../../domain/ids.ts';
import type { PlanRequest } from '../../ports/planner.ts';
import { RulesPlanner } from './rules-planner.ts';

const offered = ['schedule.create', 'web.read', 'text.summarise', 'text.compare'].map((name) => ({ name }));
const planner = new RulesPlanner({ list: () => offered });

async function plan(goal: string, answers: PlanRequest['answers'] = []) {
	const outcome = await planner.plan({
		...{ taskId: asTaskId('t'), person: asPersonId('ann'), at: Date.parse('2026-11-22T10:00:00Z'), goal, answers },
		...{ attachments: [], earlier: [], allowance: { tokens: 1, microUsd: 1 } },
	});
	if (outcome.kind === 'ask') return outcome.questions[0]?.text;
	return outcome.kind === 'plan' && outcome.by === 'rules:schedule' ? outcome.steps[0]?.input : outcome.by;
}
const goal = (text: string) => ({ kind: 'goal', goal: text });

describe('goals that are meant for later', () => {
	test.each([
		['every weekday at 7 summarise https://a.example/x', 'every weekday at 7', goal('summarise https://a.example/x')],
		['Summarise https://a.example/x every Monday at 9', 'every Monday at 9', goal('Summarise https://a.example/x')],
		['In 20 minutes summarise https://a.example/x', 'In 20 minutes', goal('summarise https://a.example/x')],
		['Remind me tomorrow at 5pm to call mum', 'tomorrow at 5pm', { kind: 'remind', text: 'call mum' }],
		['please remind me to call mum every Friday', 'every Friday', { kind: 'remind', text: 'call mum' }],
	])('"%s" becomes a schedule', async (said, when, what) => {
		expect(await plan(said)).toEqual({ when, do: what });
	});

	test('a page is watched by the workflow for that, which keeps what it saw', async () => {
		const what = { kind: 'workflow', name: 'website-watch', input: { url: 'https://shop.example/price' } };
		const expected = { do: what, tell: 'changes', carry: true, title: 'Watch https://shop.example/price' };
		expect(await plan('Monitor https://shop.example/price for changes and summarize daily')).toEqual({
			when: 'daily',
			...expected,
		});
		expect(await plan('watch https://shop.example/price and tell me daily at 18:00 what changed')).toEqual({
			when: 'daily at 18:00',
			...expected,
		});
	});

	test.each([
		['Monitor this website for changes and summarize daily: http://shop.example/a', 'daily'],
		['Monitor this website for changes and summarize daily at 18:00: http://shop.example/a', 'daily at 18:00'],
		['watch http://shop.example/a and tell me daily what changed', 'daily'],
		['every hour check http://shop.example/a for changes', 'every hour'],
		['Check http://shop.example/a every Monday at 8 and tell me what changed', 'every Monday at 8'],
		['tell me when the price on http://shop.example/a changes', 'every hour'],
		['Let me know as soon as http://shop.example/a is back in stock', 'every hour'],
		['notify me every morning at 7 if anything on http://shop.example/a is new', 'every morning at 7'],
		['keep an eye on http://shop.example/a, tell me if something happens', 'every day at 9'],
	])('"%s" watches the page', async (said, when) => {
		expect(await plan(said)).toMatchObject({ when, tell: 'changes', carry: true });
		expect(await plan(said)).toMatchObject({ do: { name: 'website-watch', input: { url: 'http://shop.example/a' } } });
	});

	test('a digest is told at its time, of looks that are more frequent', async () => {
		expect(await plan('Watch http://shop.example/a for changes, as a digest every day at 18:00')).toMatchObject({
			when: 'every hour',
			tell: { digest: 'every day at 18:00' },
		});
	});

	test.each([
		'Check http://a.example/x and tell me the opening hours',
		'Look at http://a.example/x and summarise what it says',
		'tell me when the war ended',
		'Tell me if this is new: a web designer said the price changed',
	])('"%s" watches nothing', async (said) => {
		expect(await plan(said)).not.toHaveProperty('when');
	});

	test('what is missing is asked for', async () => {
		const said = 'Monitor this website for changes and summarize daily';
		expect(await plan(said)).toBe('Which page shall I watch? Send its address.');
		expect(await plan(said, [{ question: 'Which?', answer: 'https://a.example/' }])).toMatchObject({
			do: { input: { url: 'https://a.example/' } },
		});
		expect(await plan('remind me to call mum')).toMatch(/^When/);
		const answer = 'read the letter\nartifact:4c1029697ee35871 application/pdf letter.pdf';
		expect(await plan('remind me every weekday at 7', [{ question: 'What shall I remind you of?', answer }])).toEqual({
			when: 'every weekday at 7',
			do: { kind: 'remind', text: 'read the letter (with letter.pdf)' },
		});
	});

	test.each([
		'Summarise https://a.example/daily-news',
		'Compare https://a.example/x and https://b.example/y by price',
		'Summarise the events of 3 December from https://a.example/x',
		'How long is every chapter of https://a.example/x?',
		'hi',
	])('"%s" is done at once', async (said) => {
		expect(await plan(said)).not.toHaveProperty('when');
		expect(String(await plan(said))).toMatch(/^rules:/);
	});
});
