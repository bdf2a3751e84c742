import { expect, test } from 'vitest';
import { givenDocument } from '../../fixture/given-document.ts';
import { verifiedQuote } from '../checking/verify-quote.ts';
import { fitDocument } from './fit-document.ts';
import { sizeOf } from './text-size.ts';

const filler = (word: string) =>
	Array.from({ length: 200 }, (_, at) => `Line ${at} tells of ${word} by the sea.`).join('\n\n');
const long = givenDocument(
	`# The policy\n\n${filler('gulls')}\n\n## Prices\n\n| | Last year | This year |\n|---|---|---|\n| Premium | $612 | $576 |\n| Parking | $5 | $6 |\n\n${filler('crabs')}\n\nThe deductible is $500 for each claim.`,
);

test('leaves a document alone that fits', () => {
	expect(fitDocument(long, 'premium', 1_000_000)).toBe(long);
});

test('keeps what speaks of what is looked for, as it stands, under its heading and with the names of its columns', () => {
	const { markdown, truncated } = fitDocument(long, 'What are premium and deductible?', 800);
	expect(sizeOf(markdown)).toBeLessThan(1_000);
	expect(truncated).toBe(true);
	expect(markdown).toMatch(/## Prices\n\n\|? ?\|? ?Last year \| This year.*\n\|? ?Premium \| \$612 \| \$576/);
	expect(markdown).toMatch(/\[…\][\s\S]*The deductible is \$500 for each claim\.$/);
	for (const line of markdown.split('\n').filter((one) => /\w/.test(one)))
		expect(verifiedQuote(line.replace(/^#+ /, ''), long), line).toBeDefined();
});

test('cuts text that holds no passages, and is quick on two megabytes', () => {
	expect(fitDocument(givenDocument(`${'x'.repeat(5_000)}`), 'premium', 500).markdown.length).toBeLessThanOrEqual(500);
	fitDocument(givenDocument('The sea is here with 5 gulls.\n\n'.repeat(64_000)), 'gulls', 20_000);
});
