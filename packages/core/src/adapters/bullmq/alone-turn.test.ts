import { expect, test } from 'vitest';
import { aJob } from '../../testing/a-job.ts';
import { AloneTurn } from './alone-turn.ts';
import type { HeldRun } from './held-run.ts';

const aRun = (task: string, alone: boolean): HeldRun => ({
	...{
		id: task,
		token: '',
		starts: 1,
		run: 1,
		home: 'gateway',
		stopped: new AbortController(),
		renewedAt: 0,
		lockMs: 500,
		ending: false,
		off: false,
	},
	job: aJob(task, { alone }),
	// Nothing here looks at the lane.
	lane: undefined as never,
});

test('lets others begin together, and one that must be alone when the last of them is over', () => {
	const turn = new AloneTurn();
	const [other, alone] = [aRun('other', false), aRun('alone', true)];
	expect(turn.admits(other, 3)).toBe(true);
	expect(turn.closed).toBe(false);
	expect(turn.admits(alone, 2)).toBe(false);
	expect(turn.closed).toBe(true);
	expect(turn.over(other, 1)).toBeUndefined();
	expect(turn.over(other, 0)).toBe(alone);
	expect(turn.closed).toBe(true);
	expect(turn.over(alone, 0)).toBeUndefined();
	expect(turn.closed).toBe(false);
});

test('begins at once where nothing runs, and gives up only one that still waits', () => {
	const turn = new AloneTurn();
	const [first, second] = [aRun('first', true), aRun('second', true)];
	expect(turn.admits(first, 0)).toBe(true);
	expect(turn.giveUp()).toBeUndefined();
	expect(turn.over(first, 0)).toBeUndefined();
	expect(turn.admits(second, 1)).toBe(false);
	expect(turn.giveUp(first)).toBeUndefined();
	expect(turn.giveUp()).toBe(second);
	expect(turn.closed).toBe(false);
});
