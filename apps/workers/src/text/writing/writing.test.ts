import { describe, expect, test } from 'vitest';
import { givenDocument } from '../fixture/given-document.ts';
import type { Finding } from './piece.ts';
import { fileNameOf } from './title.ts';
import { writeEmail } from './write-email.ts';
import { writeReport } from './write-report.ts';
import { writeTalkingPoints } from './write-talking-points.ts';

const paper = givenDocument(
	'The harbour plan was presented on 3 March 2026. The harbour plan costs €12 million and creates 80 berths. Residents oppose the harbour plan because of the noise.',
	{ title: 'Harbour plan presented', publisher: 'The Tide', date: '2026-03-04', url: 'https://tide.example/plan' },
);
const office = givenDocument(
	'An audit of the harbour plan was published. The harbour plan costs €19 million and creates 80 berths.',
	{ title: 'Audit of the harbour plan', publisher: 'Audit Office', url: 'https://audit.example/harbour' },
);
const bakery = givenDocument('The bakery at the harbour has a new plan for its rye bread. It costs €4.', {
	title: 'New bread',
});
const comparison: Finding = {
	text: '| | **A** | **B** |\n| --- | --- | --- |\n| **Price** | $5 [1] | $7 [2] |\n\n## Recommendation\n\n**A**',
	sources: [
		{ title: 'A', quote: '$5' },
		{ title: 'B', quote: '$7' },
	],
	warnings: ['B was read only up to a point.'],
	recommendation: { item: 'A', reasons: ['It costs least'] },
};
const request = { documents: [paper, office, bakery], findings: [], topic: 'the harbour plan' };

describe('writeTalkingPoints', () => {
	test('says who says it and when, and where the sources differ', () => {
		const { body, sources } = writeTalkingPoints(request);
		expect(body).toMatch(/€12 million.* — The Tide, 4 March 2026 \[\d+\]/);
		expect(body).toMatch(/\*\*Sources differ:\*\* .*€19 million.* — Audit Office \[\d+\]/);
		expect(body).toContain('Residents oppose the harbour plan');
		const marks = [...body.matchAll(/\[(\d+)\]/g)].map(([, mark]) => Number(mark));
		expect([...new Set(marks)]).toEqual(sources.map((_, index) => index + 1));
	});

	test('leaves out a document that has the words but not the topic, and names it', () => {
		const { body, sources } = writeTalkingPoints(request);
		expect(body).toContain('Looked at, nothing on the harbour plan\n\n- New bread');
		expect(sources.map(({ title }) => title)).not.toContain('New bread');
	});

	test('says so when no document speaks of the topic', () => {
		const { body, warnings } = writeTalkingPoints({ ...request, topic: 'volcanoes of Iceland' });
		expect(body).toContain('The documents say nothing on “volcanoes of Iceland”.');
		expect(warnings).toContain('The documents say nothing on “volcanoes of Iceland”.');
	});

	test('tells the price of one thing apart from what all of them cost', () => {
		const each = 'For corner shops a return machine costs £9,500 in the first year.';
		const all = 'Return machines at corner shops, 14,000 machines, cost £133 million in the first year.';
		const bodyOf = (one: string, other: string) => {
			const documents = [one, other].map((text, index) => givenDocument(text, { title: `Machines ${index}` }));
			return writeTalkingPoints({ documents, findings: [], topic: 'return machines' }).body;
		};
		expect(bodyOf(each, all)).not.toContain('Sources differ');
		expect(bodyOf(all.replace('£133', '£140'), all)).toContain('Sources differ');
		expect(bodyOf(each.replace('£9,500', '£8,000'), each)).toContain('Sources differ');
	});

	test('tells two figures of different years or places apart from a difference', () => {
		const [north, south] = [
			'In 2024 the port of Holm counted 300 accidents at night.',
			'In 2025 the port of Holm counted 410 accidents at night.',
		];
		const documents = [north, south].map((text, index) => givenDocument(text ?? '', { title: `Accidents ${index}` }));
		expect(writeTalkingPoints({ documents, findings: [], topic: 'accidents' }).body).not.toContain('Sources differ');
	});
});

describe('writeReport', () => {
	test('begins with the table and the recommendation of a comparison, and passes its warnings on', () => {
		const { body, sources, warnings } = writeReport({ documents: [], findings: [comparison], title: 'Offers' });
		expect(body.startsWith('| | **A** | **B** |')).toBe(true);
		expect(body).toContain('## Recommendation');
		expect(sources).toEqual(comparison.sources);
		expect(warnings).toEqual(comparison.warnings);
	});

	test('numbers the sources of several findings and documents through', () => {
		const second: Finding = {
			text: 'Flood is covered [1].',
			sources: [{ title: 'C', quote: 'covered' }],
			warnings: [],
		};
		const { body, sources } = writeReport({
			documents: [paper],
			findings: [comparison, second],
			topic: 'harbour plan',
		});
		expect(body).toContain('Flood is covered [3].');
		expect(sources[2]).toEqual({ title: 'C', quote: 'covered' });
		expect(body).toMatch(/The Tide, 4 March 2026 \[4\]/);
	});

	test('tells what it is based on', () => {
		const { body, title } = writeReport({ ...request, documents: [paper, office] });
		expect(title).toBe('The harbour plan');
		expect(body).toContain(
			'2 documents: “Harbour plan presented” (The Tide, 4 March 2026); “Audit of the harbour plan” (Audit Office).',
		);
	});
});

describe('writeEmail', () => {
	test('has a subject, a greeting by name, what is recommended and a sign-off without placeholders', () => {
		const { body } = writeEmail({ documents: [], findings: [comparison], title: 'Which offer', audience: 'Anna' });
		expect(body.startsWith('**Subject:** Which offer\n\nHello Anna,\n\n')).toBe(true);
		expect(body).toContain('I would go for **A**.');
		expect(body).toContain('It costs least.');
		expect(body.endsWith('Kind regards')).toBe(true);
		expect(body).not.toMatch(/\[(?:name|your)/i);
	});

	test('tells what the person said when asked, and what documents answer', () => {
		const answers = [
			{ question: 'When should it be repaired?', answer: 'Please repair the heating by Friday.' },
			{ question: 'Which flat is it?', answer: 'Flat 4' },
			{ question: 'Who pays?', answer: null },
		];
		const { body } = writeEmail({
			documents: [],
			findings: [{ text: '', sources: [], warnings: [], answers }],
			audience: 'my landlord',
		});
		expect(body).toContain('Hello,\n\nPlease repair the heating by Friday.\n\nWhich flat is it? Flat 4.');
		expect(body).not.toContain('Who pays');
	});

	test('writes a few sentences from documents and names them below', () => {
		const { body, sources } = writeEmail({ ...request, audience: 'the team' });
		expect(body).toContain('Hello everyone,');
		expect(sources.length).toBeGreaterThanOrEqual(2);
		expect(body).toContain('https://tide.example/plan');
	});
});

describe('what the person wrote', () => {
	const cities = ['Aam', 'Bree', 'Cleef', 'Dorn', 'Eem', 'Fyn', 'Gote', 'Hael'];
	const trains = givenDocument(
		[
			...cities.map((city, at) => `The night train to ${city} leaves the station at ${at + 1} in the morning.`),
			'Passengers may bring a bicycle on the train for free.',
		].join('\n\n'),
		{ title: 'The night train' },
	);
	const write = (need?: string) =>
		writeTalkingPoints({ documents: [trains], findings: [], topic: 'night train', need });

	test('sets how many points there are', () => {
		const points = (need: string) => write(need).body.match(/^- /gm)?.length;
		expect(points('Prepare three talking points on the night train: https://rail.example/7')).toBe(3);
		expect(points('Give me 2 short points')).toBe(2);
		expect(points('Prepare talking points')).toBeGreaterThan(3);
	});

	test('puts what they care about first, in points and in an e-mail', () => {
		const need = 'Write 1 point for cyclists, mostly about bicycles';
		expect(write(need).body).toContain('bring a bicycle');
		expect(write('Write 1 point').body).not.toContain('bring a bicycle');
		const mail = (need: string) => writeEmail({ documents: [trains], findings: [], need }).body;
		expect(mail('Write an e-mail about bicycles').split('\n').join()).toContain('bring a bicycle');
	});
});

test.each([
	['Talking points: The River Bill', 'talking-points-the-river-bill.md'],
	['Größe & Maß', 'große-maß.md'],
	['../../etc/passwd', 'etc-passwd.md'],
	['???', 'report.md'],
	['x'.repeat(300), `${'x'.repeat(70)}.md`],
])('names the file of "%s"', (title, name) => {
	expect(fileNameOf(title, 'report', 'md')).toBe(name);
});
