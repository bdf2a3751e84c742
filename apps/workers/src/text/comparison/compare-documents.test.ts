import { DocumentSchema } from '@errand/core/domain/document.ts';
import { expect, test } from 'vitest';
import { textCompare } from '../../capabilities/text-compare.ts';
import { quoteIsVerbatim } from '../facts/quote.ts';
import { compareDocuments } from './compare-documents.ts';

const doc = (title: string, markdown: string) =>
	DocumentSchema.parse({ title, kind: 'html', markdown, url: `http://127.0.0.1/${encodeURIComponent(title)}` });

function compare(items: ReturnType<typeof doc>[], more: { need?: string; criteria?: string[]; asOf?: string } = {}) {
	const comparison = compareDocuments({ items, ...more });
	expect(textCompare.output.safeParse(comparison).error).toBeUndefined();
	for (const cell of comparison.cells) {
		const document = items[comparison.items.findIndex((item) => item.name === cell.item)];
		for (const quote of cell.quotes)
			expect(document !== undefined && quoteIsVerbatim(document, quote), quote).toBe(true);
	}
	const value = (item: string, criterion: string) =>
		comparison.cells.find((cell) => cell.item === item && cell.criterion === criterion)?.value;
	return { ...comparison, value };
}

const plans = [
	doc(
		'Volt S',
		'- Monthly price: €9.99\n- Data: 5 GB\n- 5G: not included\n- Contract length: none, cancel any time\n- Activation fee: €10',
	),
	doc(
		'Nova Flex 20',
		'| | Nova Flex 20 |\n|---|---|\n| Monthly fee | ~~€24.99~~ €19.99 |\n| Data allowance | 20 GB at up to 300 Mbit/s |\n| 5G | ✓ |\n| Minimum term | 12 months |\n| Set-up fee | €0 |',
	),
	doc(
		'Terra Unlimited',
		'Unlimited data for €39 a month. For the first 6 months you pay only €19 a month. Mobile data: unlimited. The minimum contract period is 24 months. A connection fee of €29.90 is charged once.',
	),
];

test('compares mobile phone plans by their own words', () => {
	const comparison = compare(plans, { need: 'a cheap plan with lots of data, at least 10 GB, under €30 a month' });
	expect(comparison.value('Volt S', 'Price')).toBe('€9.99 per month (€119.88 per year)');
	expect(comparison.value('Nova Flex 20', 'Price')).toBe('€19.99 per month (€239.88 per year)');
	expect(comparison.value('Terra Unlimited', 'Price')).toBe('€39 a month (€468 per year)');
	expect(comparison.value('Terra Unlimited', 'Data')).toBe('unlimited');
	expect(comparison.value('Terra Unlimited', 'Activation fee')).toBe('€29.90');
	expect(comparison.value('Terra Unlimited', '5G')).toBeNull();
	expect(comparison.recommendation?.item).toBe('Nova Flex 20');
	expect(comparison.recommendation?.reasons.join('\n')).toMatch(/Volt S is out.*5 GB[\s\S]*Terra Unlimited is out/);
});

test('compares laptops in different units', () => {
	const comparison = compare(
		[
			doc(
				'AeroBook 13',
				'| Spec | Value |\n|---|---|\n| Price | $1,199 |\n| Memory | 16 GB |\n| Weight | 1.24 kg |\n| Battery life | up to 15 hours |',
			),
			doc('Thunder 15', 'RAM: 32 GB\nThe Thunder weighs 2.3 kg and sells for $1,499 (was $1,699). Battery life: 7 h'),
			doc(
				'Basic 14',
				'The Basic 14 is priced at $649. It comes with 8 GB of RAM and 256 GB of storage. Its battery lasts 9 hours. It weighs 3.5 lb.',
			),
		],
		{ need: 'a light laptop with long battery life for travel' },
	);
	expect(comparison.value('Thunder 15', 'Price')).toBe('$1,499');
	expect(comparison.value('Basic 14', 'Memory')).toBe('8 GB');
	expect(comparison.value('Basic 14', 'Weight')).toBe('3.5 lb');
	expect(comparison.recommendation?.item).toBe('AeroBook 13');
});

test('reads car policies in three house styles', () => {
	const comparison = compare(
		[
			doc(
				'SafeDrive',
				"# SafeDrive auto policy\n\nLast year's premium was $1,020.\n\nTotal annual premium: $840. Deductible: $1,000\n\n## Exclusions\nThis policy does not cover: racing; intentional damage; use as a taxi.\n\nCancellation: 10 days written notice.",
			),
			doc(
				'AutoShield',
				"Your premium is $96 per month. Your premium was $88 per month until 30 June 2025.\n\nThe excess is $300, reduced to $150 if you choose an approved repairer.\n\nThe maximum we will pay for any one accident is $250,000.\n\nWe won't pay for:\n\n1. Racing or speed tests\n2. Drivers without a licence\n\nThere is no waiting period. Either party can cancel this policy with 21 days' notice.",
			),
			doc(
				'RoadMate',
				'- **Yearly cost:** $912 ¹\n- **Self-insured retention:** $750\n- **Maximum payout:** $150,000\n- **Waiting period:** 7 days\n\n## What isn’t covered\n\n- Racing\n- Wear and tear\n\n¹ Introductory price for the first 12 months. From the second year the price is $1,080.',
			),
		],
		{ need: 'I have an old car and want low monthly cost' },
	);
	const rows = ['Premium', 'Deductible', 'Limit', 'Exclusions', 'Waiting period', 'Notice to cancel'];
	const column = (item: string) => rows.map((row) => comparison.value(item, row));
	expect(column('SafeDrive')).toEqual([
		'$840 per year ($70 per month)',
		'$1,000',
		null,
		'racing; intentional damage; use as a taxi',
		null,
		'10 days written notice',
	]);
	expect(column('AutoShield')).toEqual([
		'$96 per month ($1,152 per year)',
		'$300',
		'$250,000',
		'Racing or speed tests; Drivers without a licence',
		'none',
		'21 days',
	]);
	expect(column('RoadMate')).toEqual([
		'$1,080 per year ($90 per month)',
		'$750',
		'$150,000',
		'Racing; Wear and tear',
		'7 days',
		null,
	]);
	expect(comparison.recommendation?.item).toBe('SafeDrive');
});

test('lets what the need requires beat any price', () => {
	const flats = [
		doc('Mill Street', 'Rent: £950 pcm\nBedrooms: 2\nFloor area: 68 m²\nPets: not allowed\nDeposit: £1,440'),
		doc(
			'Harbour View',
			'This bright flat rents for £1,480 per month. Living space: 740 sq ft. Bedrooms: 2. Pets are welcome. A security deposit of £1,700 applies.',
		),
	];
	expect(compare(flats, { need: 'we want low rent' }).recommendation?.item).toBe('Mill Street');
	expect(compare(flats, { need: 'low rent, and we have a dog' }).recommendation?.item).toBe('Harbour View');
	expect(compare(flats, { need: 'low rent; pets do not matter' }).recommendation?.item).toBe('Mill Street');
});

test('recommends nothing where the documents do not allow it, and says why', () => {
	const home = (title: string, premium: string) =>
		doc(title, `# Home insurance policy\n\nPremium: ${premium}\nDeductible: $500 per claim`);
	const same = compare([home('A', '$100 per year'), home('B', '$100 per year')]);
	expect(same.recommendation).toBeNull();
	expect(same.warnings.join('\n')).toContain('No recommendation');
	const currencies = compare([home('A', '$100 per year'), home('B', '€90 per year')], { need: 'cheap' });
	expect(currencies.recommendation).toBeNull();
	expect(currencies.warnings.join('\n')).toContain('different units');
	const flooded = compare(
		[
			doc('A', 'Insurance policy, insurer X. Premium: $1. Flood is not covered.'),
			doc('B', 'Insurance policy, insurer Y. Premium: $2. We do not cover flood.'),
		],
		{ need: 'we live by a river' },
	);
	expect(flooded.recommendation).toBeNull();
	expect(flooded.text).toContain('None of them meets what you need');
});

test('shows what is not stated as such, and never guesses', () => {
	const comparison = compare(
		[doc('A', 'The warranty is 2 years. Price: $10.'), doc('B', 'Price: $12. See the seller for the warranty.')],
		{ criteria: ['price', 'warranty', 'unicorns'] },
	);
	expect(comparison.criteria).toEqual(['Price', 'Warranty', 'unicorns']);
	expect(comparison.value('B', 'Warranty')).toBeNull();
	expect(comparison.value('A', 'unicorns')).toBeNull();
	expect(comparison.text).toContain('*not stated*');
});

test('gives a former or introductory price only with a note', () => {
	const policy = (title: string, words: string) =>
		doc(title, `Insurance policy of an insurer, deductible $5.\n\n${words}`);
	const comparison = compare([
		policy('Old', 'The premium was $90 per year until 2019.'),
		policy('New', 'New customers pay a premium of $50 in the first year.'),
		policy('Now', 'The premium is $70 per year.'),
	]);
	expect(comparison.value('Old', 'Premium')).toBeNull();
	expect(comparison.cells.find((cell) => cell.item === 'Old' && cell.criterion === 'Premium')?.note).toContain(
		'former',
	);
	expect(comparison.cells.find((cell) => cell.item === 'New' && cell.criterion === 'Premium')?.note).toContain(
		'introductory',
	);
});

test('reports a document that contradicts itself', () => {
	const comparison = compare([
		doc('A', 'Insurance policy.\n\nDeductible: $500\nPremium: $90\n\nDeductible: $650'),
		doc('B', 'Insurance policy.\n\nDeductible: $400\nPremium: $80'),
	]);
	expect(comparison.warnings.join('\n')).toMatch(/A contradicts itself on the deductible.*\$650/);
});

test('reads German policies by their German words', () => {
	const comparison = compare([
		doc(
			'A',
			'| Leistung | Wert |\n|---|---|\n| Jahresbeitrag | 96,00 € |\n| Selbstbeteiligung | 150 € |\n\nNicht versichert sind: Krieg, Kernenergie und Vorsatz.',
		),
		doc('B', 'Der Beitrag: 8,90 € monatlich\nSelbstbehalt: 300 €'),
	]);
	expect(comparison.value('A', 'Premium')).toContain('96,00 €');
	expect(comparison.value('B', 'Premium')).toContain('€106.80 per year');
	expect(comparison.value('A', 'Exclusions')).toBe('Krieg; Kernenergie; Vorsatz');
});

test('stays calm with nothing to compare, empty text and hostile strings', () => {
	const hostile =
		'\u0000\u202e ﷽ | | | ~~ ** [^1] [^1]: <script>alert(1)</script> `;drop table` %s ((((((( %7B \ud83d\n| | |\n|---|\n:::::';
	const comparison = compare([
		doc('Poem', 'Roses are red, violets are blue.'),
		doc('Empty', ''),
		doc('Hostile', hostile),
	]);
	expect(comparison.cells).toEqual([]);
	expect(comparison.recommendation).toBeNull();
	expect(comparison.warnings.join('\n')).toMatch(/Nothing comparable was found in Poem[\s\S]*Empty has no text/);
});

test('keeps markup of a document out of its answer', () => {
	const policy = (title: string) =>
		doc(
			title,
			'| Deductible | $500 <img src=x onerror=alert(1)> [pay](http://evil.example) |\n| Premium of the insurance policy | $90 \\| **free** |',
		);
	const { text } = compare([policy('A `x` | y'), policy('B')]);
	expect(text).not.toMatch(/<img|\]\(http/);
	const widths = text
		.split('\n')
		.filter((line) => line.startsWith('|'))
		.map((line) => line.replace(/\\\|/g, '').split('|').length);
	expect(new Set(widths)).toEqual(new Set([5]));
});

test('gets through tables of 5,000 rows', () => {
	const rows = Array.from(
		{ length: 5_000 },
		(_, index) => `| Item ${index} part ${index % 97} | $${index + 1}.00 |`,
	).join('\n');
	const comparison = compare([
		doc('X', `| Name | Price |\n|---|---|\n${rows}`),
		doc('Y', `| Name | Price |\n|---|---|\n${rows}`),
	]);
	expect(comparison.text.length).toBeLessThan(20_000);
});

test('takes no time at all over runs of one character', () => {
	const runs = ['(', '*', '~', '[', '|', ' ', '1', '-', '.', '$', 'a ', '1,', '| ']
		.map((unit) => unit.repeat(20_000))
		.join('\n');
	compareDocuments({ items: [doc('A', runs), doc('B', runs)] });
});
