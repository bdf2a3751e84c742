import { DocumentSchema } from '@errand/core/domain/document.ts';
import { expect, test } from 'vitest';
import { findFacts } from './find-facts.ts';
import { lexiconOf } from './lexicon.ts';
import { quoteIsVerbatim } from './quote.ts';
import { vocabularyFor } from './vocabulary.ts';

const lexicon = lexiconOf(vocabularyFor(['insurance policy premium deductible claim cover insurer']));
const read = (markdown: string, asOf?: string) => {
	const document = DocumentSchema.parse({ title: 'Policy', kind: 'text', markdown });
	const facts = findFacts(document, lexicon, asOf);
	for (const fact of facts) for (const quote of fact.quotes) expect(quoteIsVerbatim(document, quote)).toBe(true);
	return facts;
};
const of = (markdown: string, criterion: string, asOf?: string) =>
	read(markdown, asOf)
		.filter((fact) => fact.meaning?.criterion.id === criterion)
		.map((fact) => `${fact.value} ${fact.standing}`);

test.each([
	['a table with labels in its rows', '| Item | Amount |\n|---|---|\n| Policy excess | $500 |', '$500 current'],
	[
		'a table with labels in its head',
		'| Part | Sum insured | Excess |\n|---|---|---|\n| Buildings | $400,000 | $500 |',
		'$500 current',
	],
	['the lines of a PDF table', 'Benefit | Value\nSelf-insured retention | $500\nPremium | $90', '$500 current'],
	['columns parted by tabs', 'Deductible\t$500\nPremium\t$90', '$500 current'],
	['a line with a colon', '**Deductible:** $500', '$500 current'],
	['a sentence that defines it', 'You pay the first $500 of each claim.', '$500 of each claim current'],
	['an adjective before the word', 'It comes with a $500 deductible and a long list of benefits.', '$500 current'],
	['a struck-out price beside a new one', '| Deductible | ~~$700~~ $500 |\n| Premium | $90 |', '$500 current'],
])('reads %s', (_, markdown, expected) => {
	expect(of(markdown, 'deductible')).toContain(expected);
});

test.each([
	['[^1]', '[^1]: From 1 January 2026 the deductible is $750.'],
	['¹', '¹ From 1 January 2026 the deductible is $750.'],
	['*', '* From 1 January 2026 the deductible is $750.'],
	['\\*', '\\* From 1 January 2026 the deductible is $750.'],
	['[\\[1\\]](#footnote-1)', '1. From 1 January 2026 the deductible is $750. [↑](#footnote-ref-1)'],
	['<sup>1</sup>', '<sup>1</sup> From 1 January 2026 the deductible is $750.'],
])('lets a footnote marked %s change the figure', (mark, note) => {
	const fact = read(`| Deductible | $500${mark} |\n| Premium | $90 |\n\nMore about it.\n\n${note}`).find(
		(one) => one.label === 'Deductible',
	);
	expect(fact).toMatchObject({ value: '$750', standing: 'current', note: expect.stringContaining('instead of $500') });
	expect(fact?.quotes).toHaveLength(2);
});

test('keeps the figure while a change by footnote is not yet in force', () => {
	const markdown = '| Deductible | $500[^1] |\n| Premium | $90 |\n\n[^1]: From 1 January 2027 the deductible is $750.';
	expect(of(markdown, 'deductible', '2026-06-01')).toContain('$500 current');
	expect(of(markdown, 'deductible', '2027-06-01')).toContain('$750 current');
});

test("does not take last year's column, an example, an option or a discount for the figure", () => {
	expect(of('| Benefit | 2025 | 2026 |\n|---|---|---|\n| Premium | $612 | $576 |', 'premium')).toEqual([
		'$612 former',
		'$576 current',
	]);
	expect(of('For example, with a deductible of $200 you pay the first $200.', 'deductible')).toEqual([
		'$200 example',
		'$200 example',
	]);
	expect(of('## Optional extras\n\nThe deductible of the glass module is $50.', 'deductible')).toEqual([
		'$50 optional',
	]);
	expect(of('You earn a premium discount of $40.', 'premium')).toEqual([]);
});

test('lists what is excluded from bullets, sentences, tables and fragments', () => {
	const items = (markdown: string) => of(markdown, 'exclusions').map((value) => value.replace(' current', ''));
	expect(items('## What we don’t pay for\n\n- Flood (river or sea)\n- War')).toEqual(['Flood (river or sea)', 'War']);
	expect(items('We do not cover flood, war or wear and tear.')).toEqual(['flood', 'war', 'wear and tear']);
	expect(items('Mould and vermin are not covered.')).toEqual(['Mould', 'vermin']);
	expect(items('### Not covered\n\nFlood. Nuclear risks.')).toEqual(['Flood', 'Nuclear risks']);
	expect(items('| Event | Covered? |\n|---|---|\n| Flood | not covered |\n| Fire | covered |')).toContain('Flood');
	expect(items('Flood is not excluded from this cover.')).toEqual([]);
	expect(items('## What is covered\n\n- Fire')).toEqual([]);
});
