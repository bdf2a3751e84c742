import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { expect, test, vi } from 'vitest';
import { Countdown } from './countdown.ts';

test('counts only the time in which it runs', async () => {
	const clock = new FakeClock(0);
	const ended = vi.fn();
	const countdown = new Countdown(clock, 100, ended);
	await clock.advance(1_000);
	countdown.resume();
	await clock.advance(60);
	countdown.pause();
	countdown.pause();
	await clock.advance(1_000);
	countdown.resume();
	countdown.resume();
	await clock.advance(39);
	expect(ended).not.toHaveBeenCalled();
	await clock.advance(1);
	expect(ended).toHaveBeenCalledTimes(1);
});

test('is not started again once it was stopped', async () => {
	const clock = new FakeClock(0);
	const ended = vi.fn();
	const countdown = new Countdown(clock, 100, ended);
	countdown.resume();
	countdown.stop();
	countdown.resume();
	await clock.advance(1_000);
	expect(ended).not.toHaveBeenCalled();
	expect(clock.waiting).toBe(0);
});
