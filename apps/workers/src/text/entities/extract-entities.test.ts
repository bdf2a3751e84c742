import { DocumentSchema } from '@errand/core/domain/document.ts';
import { expect, test } from 'vitest';
import { quoteIsVerbatim } from '../facts/quote.ts';
import { extractEntities } from './extract-entities.ts';
import { ENTITY_KINDS, type EntityKind } from './found.ts';

const doc = (markdown: string, more = {}) => DocumentSchema.parse({ title: 'News', kind: 'text', markdown, ...more });
const news = doc(
	[
		"Dr. Maria Schneider, chief executive of Volta Energy GmbH, met Angela Merkel in Berlin on 3 March 2026. Schneider said the deal with the European Central Bank is worth €1.5 million. John Smith's team at Google agreed.",
		'| Fee | $48 per month |\n|---|---|\n| Due | 2026-04-01 |',
		'- Call +49 30 901820 or (212) 555-0187, or write to Info@Volta.example.\n- More at https://volta.example/a?b=1, again on March 3, 2026.',
	].join('\n\n'),
	{ links: [{ text: 'More at', url: 'https://other.example/' }] },
);
const values = (kind: EntityKind, document = news) =>
	extractEntities([document], [kind]).items.map((item) => item.normalized ?? item.value);

test.each<[EntityKind, string[]]>([
	['people', ['Maria Schneider', 'Angela Merkel', 'John Smith']],
	['organisations', ['Volta Energy GmbH', 'European Central Bank', 'Google']],
	['places', ['Berlin']],
	['dates', ['2026-03-03', '2026-04-01']],
	['money', ['EUR 1500000', 'USD 48 per month']],
	['phones', ['+4930901820', '+12125550187']],
	['emails', ['info@volta.example']],
	['urls', ['https://volta.example/a?b=1', 'https://other.example/']],
])('finds %s, each once', (kind, expected) => {
	expect(values(kind)).toEqual(expected);
});

test('counts mentions and quotes the first one word for word', () => {
	const { items, text, sources } = extractEntities([news]);
	expect(items.find((item) => item.value === 'Maria Schneider')?.count).toBe(2);
	expect(items.find((item) => item.normalized === '2026-03-03')?.count).toBe(2);
	for (const item of items) expect(quoteIsVerbatim(news, item.source.quote ?? ''), item.value).toBe(true);
	for (const [, number] of text.matchAll(/\[(\d+)\]/g)) expect(sources[Number(number) - 1]).toBeDefined();
});

test('takes only real dates and reads national numbers by the country of the page', () => {
	expect(values('dates', doc('On 31 February 2026, 13/02/2026 and Q2 2026.'))).toEqual(['2026-02-13', '2026-Q2']);
	expect(values('phones', doc('Tel. 020 7946 0958', { url: 'https://shop.example.uk/' }))).toEqual(['+442079460958']);
	expect(values('phones', doc('Order 1234567890123456 of 12.01.2026, 1,000,000 pieces'))).toEqual([]);
});

test('says what it did not find, and gets through a long text without names', () => {
	expect(extractEntities([doc('nothing here')]).text).toContain('**People:** none found');
	const long = doc('The quick brown Fox met 12 of us on 3 March 2026 for $5. '.repeat(20_000));
	const { items, warnings } = extractEntities([long], ['dates', 'money']);
	expect(items.map((item) => item.count)).toEqual([20_000, 20_000]);
	expect(warnings).toEqual([]);
	expect(ENTITY_KINDS).toHaveLength(8);
});
