import { asStepId } from '@errand/core/domain/ids.ts';
import type { StepStatus, StepView, TaskView } from '@errand/core/domain/task/view.ts';
import { describe, expect, it } from 'vitest';
import { widthOf } from './fit.ts';
import { createPaint } from './paint.ts';
import { planLines, planNews } from './render-plan.ts';

const step = (id: string, status: StepStatus, more: Partial<StepView> = {}): StepView => ({
	id: asStepId(id),
	title: `Title of ${id}`,
	capability: 'web.read',
	input: {},
	dependsOn: [],
	essential: true,
	status,
	attempts: 1,
	...more,
});
const task = (steps: readonly StepView[], status: TaskView['status'] = 'running'): TaskView => ({
	id: 't1',
	goal: 'goal',
	status,
	plan: { version: steps.length === 0 ? 0 : 1, by: 'rules:test', steps },
	questions: [],
	cost: { tokens: 0, microUsd: 0 },
	createdAt: 0,
	seq: 1,
});
const look = { paint: createPaint(false), width: 80, height: 20, now: 10_000, frame: 0 };
const noWords = new Map();

describe('planLines', () => {
	it('shows status, time, progress and words of each step', () => {
		const steps = [
			step('a', 'done', { startedAt: 0, endedAt: 1_500 }),
			step('b', 'running', { startedAt: 8_000 }),
			step('c', 'waiting'),
		];
		const lines = planLines(task(steps), new Map([['b', { percent: 40, text: 'page 2 of 5' }]]), look);
		expect(lines).toHaveLength(3);
		expect(lines[0]).toMatch(/^✔ Title of a +1\.5 s$/);
		expect(lines[1]).toMatch(/^⠋ Title of b +2\.0 s {2}████░░░░░░ 40 % {2}page 2 of 5$/);
		expect(lines[2]).toBe('○ Title of c');
	});

	it('says what a step waits for, and in which round of a loop one is', () => {
		const steps = [
			step('a', 'waiting', { until: 130_000 }),
			step('b', 'waiting', { event: 'paid', until: 70_000 }),
			step('try', 'running'),
			step('try#3/read', 'done', { parent: 'try' }),
		];
		const lines = planLines(task(steps), noWords, look);
		expect(lines[0]).toMatch(/^○ Title of a +goes on in 2 min 00 s$/);
		expect(lines[1]).toMatch(/^○ Title of b +for the event paid, 1 min 00 s more$/);
		expect(lines[3]).toMatch(/^ {2}✔ Title of try#3\/read +round 3$/);
		const before = task([step('a', 'waiting'), step('b', 'waiting')]);
		const after = task(steps.slice(0, 2));
		expect(planNews(before, after)).toEqual(['waiting: Title of a', 'waiting: Title of b for the event paid']);
		expect(planNews(after, after)).toEqual([]);
	});

	it('says it is planning before there is a plan, and nothing once a task without one is over', () => {
		expect(planLines(task([], 'planning'), noWords, look)).toEqual(['⠋ Planning…']);
		expect(planLines(task([], 'done'), noWords, look)).toEqual([]);
	});

	it('says first what there is to say about the plan, in one line', () => {
		const noted = {
			...task([step('a', 'running')]),
			plan: { version: 1, by: 'rules:x', note: `Why\n${'so '.repeat(99)}`, steps: [step('a', 'running')] },
		};
		const lines = planLines(noted, noWords, look);
		expect(lines).toHaveLength(2);
		expect(lines[0]).toMatch(/^Why so .*…$/);
	});

	it('puts items under their step with a count, and tells errors and attempts', () => {
		const error = { code: 'x', message: 'The server said 500.', hint: '' };
		const lines = planLines(
			task([
				step('r', 'running'),
				step('r:0', 'done', { parent: 'r' }),
				step('r:1', 'retrying', { parent: 'r', attempts: 2, error }),
			]),
			noWords,
			look,
		);
		expect(lines[0]).toContain('1 of 2');
		expect(lines[1]).toMatch(/^ {2}✔/);
		expect(lines[2]).toContain('will be tried again  attempt 2');
		expect(lines[3]).toBe('    The server said 500.');
	});

	it('never draws a line wider or a plan higher than the terminal', () => {
		const long = 'word '.repeat(60);
		const error = { code: 'x', message: long, hint: '' };
		const items = Array.from({ length: 200 }, (_, index) =>
			step(`r:${index}`, index < 150 ? 'done' : 'running', {
				parent: 'r',
				title: `${long}${index} 日本語`,
				startedAt: 1,
			}),
		);
		const steps = [step('r', 'running'), ...items, step('z', 'failed', { title: long, error })];
		const words = new Map([['r:150', { percent: 5, text: long }]]);
		for (const width of [24, 60, 100]) {
			const lines = planLines(task(steps), words, { ...look, width, height: 12 });
			expect(lines.length).toBeLessThanOrEqual(12);
			for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
		}
	});

	it('prints no control character that a task brought along', () => {
		const error = { code: 'x', message: 'bad\u001b[2J\u0007', hint: '' };
		const steps = [step('a', 'failed', { title: 'evil\u001b]0;owned\u0007\r\ntitle', error })];
		const printed = planLines(task(steps), noWords, look).join('');
		expect(printed).not.toMatch(/\p{Cc}/u);
		expect(printed).toContain('evil title');
	});

	it('paints only when colours are wanted', () => {
		const painted = planLines(task([step('a', 'done')]), noWords, { ...look, paint: createPaint(true) });
		expect(painted.join('')).toContain('\u001b[32m✔');
		expect(planLines(task([step('a', 'done')]), noWords, look).join('')).not.toContain('\u001b');
	});
});

describe('planNews', () => {
	it('says the plan once, then each change once', () => {
		const first = task([step('a', 'ready'), step('b', 'waiting')]);
		const second = task([step('a', 'running', { startedAt: 0 }), step('b', 'waiting')]);
		const third = task([step('a', 'done', { startedAt: 0, endedAt: 2_000 }), step('b', 'running')]);
		expect(planNews(undefined, first)).toEqual(['plan: Title of a; Title of b']);
		expect(planNews(first, second)).toEqual(['running: Title of a']);
		expect(planNews(second, third)).toEqual(['done: Title of a (2.0 s)', 'running: Title of b']);
		expect(planNews(third, third)).toEqual([]);
	});

	it('gives the reason of a failure', () => {
		const error = { code: 'x', message: 'The server said 500.', hint: '' };
		const before = task([step('a', 'running')]);
		expect(planNews(before, task([step('a', 'dead-lettered', { error })]))).toEqual([
			'gave up: Title of a: The server said 500.',
		]);
	});
});
