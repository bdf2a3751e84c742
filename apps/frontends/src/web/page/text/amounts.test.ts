import { expect, it } from 'vitest';
import { counted, lasting, megabytes } from './amounts.ts';

it('says amounts the way people do', () => {
	expect([0, 1, 2].map((count) => counted(count, 'step'))).toEqual(['0 steps', '1 step', '2 steps']);
	expect([0, 4_200, 119_000, 300_000, 3 * 3_600_000, 50 * 3_600_000].map(lasting)).toEqual([
		'under 1 s',
		'4 s',
		'119 s',
		'5 min',
		'3 h',
		'2 days',
	]);
	expect(megabytes(139_700_000)).toBe('140 MB');
});
