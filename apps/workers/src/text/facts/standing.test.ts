import { expect, test } from 'vitest';
import { readClauses, standingOf } from './standing.ts';

const judged = (text: string) =>
	readClauses(text, 'money', 2026)
		.filter((clause) => clause.amounts.length > 0)
		.map((clause) => `${clause.amounts.map((amount) => amount.value).join('+')} ${clause.standing}`);

test.each([
	['The deductible is $500.', ['500 current']],
	['The price was $720 per year until 2025, now it is $640.', ['720 former', '640 current']],
	['$720 (until 2025), $640 (from 2026)', ['720 former', '640 current']],
	['Until 31 December 2025, the deductible is $500; from 1 January 2026 it is $750.', ['500 former', '750 current']],
	['In the first year, you pay $29 per month, thereafter $45 per month.', ['29 introductory', '45 current']],
	['First year only; $58 per month thereafter', ['58 current']],
	['For example, a claim of $1,000 costs you $500.', ['1000+500 example']],
	['Glass cover can be added for an additional premium of $36.', ['36 optional']],
	['The premium of $640 is guaranteed until 31 December 2026.', ['640 current']],
])('judges each figure of "%s" by its own clause', (text, expected) => {
	expect(judged(text)).toEqual(expected);
});

test('knows the date a figure holds from', () => {
	const [, clause] = readClauses('It was $500; from 1 January 2026 it is $750.', 'money', 2026);
	expect(clause).toMatchObject({ from: '1 January 2026', changed: true });
});

test('reads a promise until next year as current', () => {
	expect(standingOf('valid until 31 December 2027', 2026)).toBe('current');
	expect(standingOf('formerly called Plus', 2026)).toBe('former');
});
