import { expect, it } from 'vitest';
import { dailyBars } from './bars.ts';

it('has a bar for each day, also for those without anything, the highest at full height', () => {
	const from = Date.parse('2026-02-27T00:00:00Z');
	const sums = [
		{ key: '2026-02-28', value: 5 },
		{ key: '2026-03-01', value: 20 },
	];
	expect(dailyBars(sums, from, from + 2.5 * 86_400_000)).toEqual([
		{ day: '2026-02-27', value: 0, share: 0 },
		{ day: '2026-02-28', value: 5, share: 0.25 },
		{ day: '2026-03-01', value: 20, share: 1 },
	]);
	expect(dailyBars([], from, from)).toEqual([{ day: '2026-02-27', value: 0, share: 0 }]);
});
