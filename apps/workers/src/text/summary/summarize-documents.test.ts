import { describe, expect, test } from 'vitest';
import { quoteIsVerbatim } from '../facts/quote.ts';
import { givenDocument } from '../fixture/given-document.ts';
import { summarizeDocuments } from './summarize-documents.ts';

const slate = givenDocument(
	`# Slate in Wales

The slate industry of Wales grew quickly in the nineteenth century. Quarries at Penrhyn and Dinorwig produced most of the slate of Wales. In 1898 the slate quarries of Wales produced half a million tons of slate. My aunt likes tea.

## Decline

He was wrong. The slate industry of Wales declined after 1900, because cheaper tiles replaced slate on roofs. Today a few quarries of Wales still produce slate for roofs. Why did nobody see it coming?`,
	{ title: 'The slate industry of Wales' },
);

describe('summarizeDocuments', () => {
	test('takes whole sentences from the text, in reading order, and leaves out asides and questions', () => {
		const { sentences, text, sources, method } = summarizeDocuments({ documents: [slate], maxSentences: 3 });
		expect(sentences).toHaveLength(3);
		const places = sentences.map((sentence) => slate.markdown.indexOf(sentence));
		expect(places).toEqual([...places].sort((one, other) => one - other));
		expect(sentences.join(' ')).not.toMatch(/aunt|He was wrong|Why did/);
		expect(sources.every(({ quote = '' }) => quoteIsVerbatim(slate, quote))).toBe(true);
		expect(text).toContain('not by a language model');
		expect(method).toBe('rules');
	});

	test('puts what the person cares about first', () => {
		const { sentences } = summarizeDocuments({ documents: [slate], maxSentences: 1, focus: 'why it declined' });
		expect(sentences[0]).toContain('cheaper tiles');
	});

	test('says when nothing is on what the person cares about', () => {
		expect(summarizeDocuments({ documents: [slate], focus: 'penguins' }).warnings).toEqual([
			'Nothing was found on “penguins”; this is a summary of the whole.',
		]);
	});

	test('numbers the sources of several documents and lets each have a say', () => {
		const copper = givenDocument('Copper was mined in Cornwall for centuries. Cornwall exported copper to the world.', {
			title: 'Copper',
		});
		const { text, sources } = summarizeDocuments({ documents: [slate, copper], maxSentences: 4, style: 'bullets' });
		expect(new Set(sources.map(({ title }) => title))).toEqual(new Set(['The slate industry of Wales', 'Copper']));
		expect([...text.matchAll(/\[(\d+)\]/g)].map(([, mark]) => Number(mark))).toEqual(
			sources.map((_, index) => index + 1),
		);
	});

	test('does not say the same twice', () => {
		const twice = givenDocument(
			'The mill was sold to the town in May 2020. The town has now bought a boat for the lake.\n\nThe mill was sold to the town in May 2020.',
		);
		expect(summarizeDocuments({ documents: [twice] }).sentences).toHaveLength(2);
	});

	test('summarises a page of facts by its rows and items', () => {
		const page = givenDocument(
			'| Feature | Value |\n| --- | --- |\n| Price of the laptop | $1,299 |\n| Battery of the laptop | 15 hours |',
		);
		expect(summarizeDocuments({ documents: [page] }).text).toContain('Price of the laptop: $1,299');
	});

	test.each([
		'',
		' \n',
		'***',
		'| | |\n| --- | --- |',
		'这是第一句话，讲的是河流恢复。第二句话讲的是鱼。',
		'\u202e\u0000\ud800 x',
	])('does not stumble over %j', (markdown) => {
		expect(summarizeDocuments({ documents: [givenDocument(markdown)], focus: markdown }).text).not.toBe('');
	});
});
