import { expect, test } from 'vitest';
import { readCorpus } from '../../corpus.ts';
import { givenDocument } from '../../fixture/given-document.ts';
import { estimateTokens } from '../asking/text-size.ts';
import { cutParts, partText } from './cut-parts.ts';

const handbook = givenDocument(
	`# Pumps\n\nThe pump needs oil. Change the oil each year.\n\n- Oil: 2 litres\n- Filter: one\n\n| Part | Price |\n| --- | --- |\n| Seal | €4 |\n\n# Valves\n\nThe valve opens at 4 bar. Never force the valve.`,
);

test('keeps headings, items and rows as they stand', () => {
	const { parts, leftOut } = cutParts(readCorpus([handbook]), { partTokens: 1_000, mostParts: 3 });
	expect(leftOut).toBe(0);
	expect(parts.map(({ passages }) => partText(passages))).toEqual([
		'## Pumps\n\n\nThe pump needs oil. Change the oil each year.\n- Oil: 2 litres\n- Filter: one\n| Seal | €4 |\n\n## Valves\n\n\nThe valve opens at 4 bar. Never force the valve.',
	]);
});

test('begins a part at a heading rather than in the middle, and leaves nothing out or twice', () => {
	const corpus = readCorpus([handbook]);
	const { parts } = cutParts(corpus, { partTokens: 100, mostParts: 9 });
	expect(parts.length).toBeGreaterThan(1);
	expect(parts.at(-1)?.passages[0]?.section).toEqual(['Valves']);
	expect(parts.flatMap(({ passages }) => passages)).toEqual(corpus.passages);
});

test('cuts a paragraph that alone is more than a part', () => {
	const corpus = readCorpus([givenDocument('The river flows to the sea in the long summer. '.repeat(200))]);
	const { parts } = cutParts(corpus, { partTokens: 300, mostParts: 100 });
	expect(parts.length).toBeGreaterThan(5);
	for (const { passages } of parts) expect(estimateTokens(partText(passages))).toBeLessThanOrEqual(300);
});

test('counts East Asian characters as a token each', () => {
	expect(estimateTokens('河流恢复')).toBe(4);
	expect(estimateTokens('rivers restored!')).toBe(4);
});
