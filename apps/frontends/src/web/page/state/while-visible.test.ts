import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { repeatWhileVisible } from './while-visible.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('reads again every so often while the page is seen, and at once when it is seen again', () => {
	const act = vi.fn();
	let listener = () => {};
	const sight = { visibilityState: 'visible', addEventListener: (_: string, told: () => void) => (listener = told) };
	repeatWhileVisible(act, 10_000, sight);
	expect(act).not.toHaveBeenCalled();
	vi.advanceTimersByTime(20_000);
	expect(act).toHaveBeenCalledTimes(2);
	sight.visibilityState = 'hidden';
	listener();
	vi.advanceTimersByTime(60_000);
	expect(act).toHaveBeenCalledTimes(2);
	sight.visibilityState = 'visible';
	listener();
	expect(act).toHaveBeenCalledTimes(3);
});
