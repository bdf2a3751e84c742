import { describe, expect, it } from 'vitest';
import { ago } from './ago.ts';

const now = new Date(2026, 10, 21, 15, 30).getTime();

describe('ago', () => {
	it('says recent times by their distance', () => {
		expect(ago(now - 5_000, now)).toBe('just now');
		expect(ago(now + 5_000, now)).toBe('just now');
		expect(ago(now - 12 * 60_000, now)).toBe('12 min ago');
	});

	it('says older times by the clock, then by the date, then by the year', () => {
		expect(ago(new Date(2026, 10, 21, 9, 5).getTime(), now)).toBe('09:05');
		expect(ago(new Date(2026, 10, 3).getTime(), now)).toBe('3 Nov');
		expect(ago(new Date(2024, 1, 29).getTime(), now)).toBe('29 Feb 2024');
	});
});
