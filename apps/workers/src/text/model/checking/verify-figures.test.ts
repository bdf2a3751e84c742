import { expect, test } from 'vitest';
import { unsupportedFigures } from './verify-figures.ts';

test.each([
	['It costs 1,500 dollars.', 'The price is $1.500.'],
	['It costs $1,500.', 'The price is 1 500 USD.'],
	['A fee of 15 percent', 'the fee is 15 %'],
	['Two thousand homes and 2,000 boats', 'some 2000 homes, 2,000 boats'],
	['2,000 homes', 'two thousand homes'],
	['It worked for twenty-five people.', '25 people'],
	['Due on 3 March 2026', 'due 2026-03-03'],
	['Due on 3 March 2026', 'due 03/03/2026'],
	['Due on 2 March 2026', 'due 02/03/2026'],
	['Due in March 2026', 'due March 3rd, 2026'],
	['Due on 3 March', 'due on 3 March 2026'],
	['Since 2026', 'from 1 January 2026'],
	['A notice of two weeks', 'with 14 days’ notice'],
	['€1.2 million', 'EUR 1,200,000'],
	['1.2 million people', '1,200,000 people'],
	['$576', '| Premium | 576 |'],
	['$576 a year', '| Annual premium | 576 |'],
	['$576 a year', '| Premium per year (USD) | 576 | Deductible | 500 |'],
	['€40 a year', 'Each year, members pay a fee of €40.'],
	['€40', 'A fee of €40 a year'],
	['$9.99', 'Price in $: 9.99'],
	['$48 a month', 'It costs **$48** per month'],
	['The three policies of the first kind [2]', 'nothing'],
	['1. It costs $5', 'for $5'],
	['It has 5G and 16GB', '5G, 16 GB of memory'],
	['costs ５０ EUR', '50 EUR'],
	['up to $350,000', 'a limit of $350k'],
])('finds the figures of %j in %j', (statement, quote) => {
	expect(unsupportedFigures(statement, ['Another quote.', quote])).toEqual([]);
});

test.each([
	['It costs $577.', 'The price is $576.', ['$577']],
	['It costs $57.', 'The price is $576.', ['$57']],
	['15 % of them', '15 people', ['15 %']],
	['15 % of them', '15 days', ['15 %']],
	['It costs €576.', 'The price is $576.', ['€576']],
	['$48 per year', '$48 per month', ['$48 per year']],
	['€40 a year', 'A fee of €40', ['€40 a year']],
	['$576 a year', '| Premium | 576 |', ['$576 a year']],
	['€40 a month', 'Each year, members pay a fee of €40.', ['€40 a month']],
	['Due on 4 March 2026', 'due on 3 March 2026', ['4 March 2026']],
	['Due on 3 March 2026', 'due in March 2026', ['3 March 2026']],
	['Due on 3 April', 'due on 3 March 2026', ['3 April']],
	['Since 2025', 'since 2026', ['2025']],
	['It costs $1.', '1. What is insured (section 1)', ['$1']],
	['It costs $25.', 'for 25 people', ['$25']],
	['three months', 'two months', ['three months']],
	['three thousand', 'two thousand', ['three thousand']],
	['It was $612', '~~$612~~ $590', ['$612']],
	['About 1.5 million', '1,487,000', ['1.5 million']],
	['costs ５１ EUR, that is 50 EUR', '50 EUR', ['51 EUR']],
	['It costs $5, $6 and $6', 'for $5', ['$6']],
])('misses in %j what %j does not say', (statement, quote, missing) => {
	expect(unsupportedFigures(statement, [quote])).toEqual(missing);
});

test('is quick on hostile statements', () => {
	for (const piece of ['1 ', '1,', 'one ', 'one hundred and ', '1 May ', '9'])
		unsupportedFigures(piece.repeat(2_000), [piece.repeat(500)]);
});
