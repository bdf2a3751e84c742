import { expect, test } from 'vitest';
import { quoteIsVerbatim } from '../../facts/quote.ts';
import { givenDocument } from '../../fixture/given-document.ts';
import { verifiedQuote } from './verify-quote.ts';

const policy = givenDocument(
	[
		'# Your **policy**',
		'The annual premium is **$576**, payable in [12 instalments](https://a.example/pay) of $48.[1]',
		'| | Classic |\n|---|---|\n| Deductible | $1,000 |\n| Old price | ~~$612~~ $590 |',
		'We do not cover:\n\n- Flood\n- War and “acts of war” – wherever they happen\n- Wear &amp; tear',
		'Damage by storm is covered, but not while the house\nstands empty, up to 1 500 EUR a year.',
	].join('\n\n'),
);

test.each([
	['The annual premium is $576, payable in 12 instalments of $48.', '**$576**'],
	['annual premium   is\n**$576**', '**$576**'],
	['“The annual premium is $576”', '**$576**'],
	['Deductible | $1,000', 'Deductible | $1,000'],
	['Deductible $1,000', 'Deductible | $1,000'],
	['- Flood - War and "acts of war" - wherever they happen', 'Flood\n- War and “acts of war” – wherever'],
	['Wear & tear', 'Wear &amp; tear'],
	['storm is covered, but not while the house stands empty', 'house\nstands'],
	['$612', '~~$612~~'],
])('finds %j as it stands in the document', (quote, words) => {
	const found = verifiedQuote(quote, policy);
	expect(found).toContain(words);
	expect(policy.markdown).toContain(found);
	expect(quoteIsVerbatim(policy, found ?? '')).toBe(true);
});

test.each([
	['', 'nothing'],
	['…', 'no words'],
	['the annual premium is $576', 'another case'],
	['The annual premium is $577', 'another number'],
	['The annual premium is $57', 'half a number'],
	['up to 1', 'the beginning of a number in groups'],
	['500 EUR a yea', 'half a word'],
	['The premium is $576', 'a word left out'],
	['We cover: Flood', 'a turned meaning'],
	['Your policy … not in it', 'a piece that is not there'],
	['Deductible … The annual premium', 'pieces in another order'],
])('does not take %j: %s', (quote) => {
	expect(verifiedQuote(quote, policy)).toBeUndefined();
});

test('gives back what a quote left out', () => {
	expect(verifiedQuote('Damage by storm is covered … up to 1 500 EUR', policy)).toContain('but not while');
	const far = givenDocument(`Storm is covered. ${'Other words. '.repeat(100)} Up to $500.`);
	expect(verifiedQuote('Storm is covered … Up to $500', far)).toBeUndefined();
});

test('is quick on long documents and hostile quotes', () => {
	const same = givenDocument('a'.repeat(500_000));
	expect(verifiedQuote(`b${'a'.repeat(1_900)}`, same)).toBeUndefined();
	expect(verifiedQuote('a'.repeat(1_900), same)).toBeUndefined();
	const pieces = givenDocument('x y '.repeat(125_000));
	expect(verifiedQuote('x … z … y', pieces)).toBeUndefined();
	expect(verifiedQuote('*'.repeat(2_000), pieces)).toBeUndefined();
	for (const hostile of ['[', '<a ', '](', '-', '> ', '\\', '|', '&amp', '\n- '])
		expect(verifiedQuote('not there', givenDocument(hostile.repeat(500_000 / hostile.length)))).toBeUndefined();
});
