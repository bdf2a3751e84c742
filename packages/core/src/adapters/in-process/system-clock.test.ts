import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SystemClock } from './system-clock.ts';

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

const DAY_MS = 86_400_000;

test('waits out a delay that no single timer can hold', () => {
	const run = vi.fn();
	new SystemClock().after(60 * DAY_MS, run);
	vi.advanceTimersByTime(59 * DAY_MS);
	expect(run).not.toHaveBeenCalled();
	vi.advanceTimersByTime(DAY_MS);
	expect(run).toHaveBeenCalledOnce();
});

test('calls a long wait off in any of its pieces', () => {
	const run = vi.fn();
	const callOff = new SystemClock().after(60 * DAY_MS, run);
	vi.advanceTimersByTime(40 * DAY_MS);
	callOff();
	vi.advanceTimersByTime(60 * DAY_MS);
	expect(run).not.toHaveBeenCalled();
});

test('tells the time of the machine', () => {
	vi.setSystemTime(1_234_567);
	expect(new SystemClock().now()).toBe(1_234_567);
});
