import type { Document } from '@errand/core/domain/document.ts';
import { expect, test } from 'vitest';
import { outputOf, runHere } from '../research/fixture/run-here.ts';
import { givenDocument } from '../text/fixture/given-document.ts';
import { webGather } from './web-gather.ts';

const TEXT = [
	'Heat pumps draw warmth from the air outside, even when it freezes there.',
	'A study of 300 old houses found that a heat pump needs a third of the energy of a boiler.',
	'Installers ask for 12,000 euros on average, of which the state pays up to a half.',
	'The heat pump should stand at least three metres away from the window of a neighbour.',
	'Who insulates the roof first gets by with a smaller pump and saves again.',
].join('\n\n');
const OTHER = [
	'The noise of a heat pump at night is about as loud as a fridge.',
	'Courts ruled on heat pumps in eleven cases last year, mostly in favour of the owners.',
	'A fence of wood makes heat pumps quieter by three decibels on the far side.',
].join('\n\n');

function page(name: string, markdown: string, more: Partial<Document> = {}): Document {
	return givenDocument(markdown, { title: `Heat pumps: ${name}`, url: `https://${name}.example/heat`, ...more });
}

const topic = 'heat pumps';
const kept = (documents: readonly Document[]) => documents.map(({ url }) => url);

test('makes one list of nested lists, each page once, the fuller reading of it', async () => {
	const short = page('a', TEXT.slice(0, 200), { url: 'http://www.a.example/heat/#top' });
	const { documents, dropped } = await outputOf(webGather, {
		lists: [short, [page('a', TEXT)], [[page('b', OTHER)]]],
		topic,
	});
	expect(new Set(kept(documents))).toEqual(new Set(['https://a.example/heat', 'https://b.example/heat']));
	expect(dropped).toEqual([]);
});

test('keeps the better source of two that say the same', async () => {
	const original = page('institute', TEXT, { date: '2026-03-02' });
	const copies = [
		page('wire', `Reported by our staff. ${TEXT.replace('even when', 'also when')}`, { date: '2026-03-03' }),
		page('firm', TEXT, { title: 'Press release: heat pumps', date: '2026-03-01' }),
		page('cut', TEXT.slice(0, 300), { truncated: true, date: '2026-02-01' }),
	];
	for (const copy of copies) {
		const { documents, dropped, warnings } = await outputOf(webGather, {
			lists: [copy, page('b', OTHER), original],
			topic,
		});
		expect(kept(documents)).toContain(original.url);
		expect(dropped).toEqual([{ title: copy.title, url: copy.url, why: expect.stringContaining('word for word') }]);
		expect(warnings).toEqual([expect.stringContaining(`“${copy.title}” repeats “${original.title}”`)]);
	}
});

test('does not take pages for copies that quote the same passage', async () => {
	const quote = TEXT.slice(0, 160);
	const long = (name: string, seed: string) =>
		page(
			name,
			`${quote}\n\n${Array.from({ length: 40 }, (_, index) => `Heat pump ${seed} number ${index} was built by ${seed}${index} of the ${seed} street.`).join('\n\n')}`,
		);
	const { documents } = await outputOf(webGather, { lists: [long('a', 'north'), long('b', 'south')], topic });
	expect(documents).toHaveLength(2);
});

test('drops what says little on the topic and what has no text, and says so', async () => {
	const bicycles = page(
		'bikes',
		'The pump of a bicycle needs oil once a year.\n\nWarm tyres hold air longer than cold ones do, and a warm hand finds the hole sooner than any tool that a shop sells.',
		{
			title: 'Bicycles',
		},
	);
	const login = page('login', 'Log in to read on.');
	const { documents, dropped, warnings } = await outputOf(webGather, {
		lists: [bicycles, login, page('a', TEXT)],
		topic,
	});
	expect(kept(documents)).toEqual(['https://a.example/heat']);
	expect(dropped).toMatchObject([
		{ url: 'https://bikes.example/heat', why: 'says little about heat pumps' },
		{ url: 'https://login.example/heat', why: 'holds almost no text' },
	]);
	expect(warnings).toEqual(['Read and left out, because little in it is on the topic: “Bicycles”.']);
});

test('puts what is years older than the rest last, and says so', async () => {
	const old = page('old', TEXT, { date: '2019-05-04' });
	const archived = page('archived', `This page has been archived.\n\n${OTHER}`, { date: '2026-01-01' });
	const fresh = page(
		'fresh',
		'Heat pumps got cheaper.\n\nThe price of a heat pump fell by a tenth within the last year, a survey of 90 installers says. It may well fall again in the year to come.',
		{
			date: '2026-02-01',
		},
	);
	const { documents, warnings } = await outputOf(webGather, { lists: [old, archived, fresh], topic });
	expect(kept(documents)[0]).toBe(fresh.url);
	expect(new Set(warnings)).toEqual(
		new Set([
			`“${old.title}” is from 4 May 2019, 6 years before the newest page; what it says may no longer hold.`,
			`“${archived.title}” says itself that it is out of date; what it says may no longer hold.`,
		]),
	);
});

test('keeps everything with text where no topic is given', async () => {
	const { documents } = await outputOf(webGather, {
		lists: [page('a', TEXT), page('b', OTHER, { title: 'Anything' })],
	});
	expect(documents).toHaveLength(2);
});

test('says plainly when nothing is left', async () => {
	expect(await runHere(webGather, { lists: [[]], topic })).toMatchObject({
		kind: 'failed',
		failure: { kind: 'permanent', code: 'not-found', message: 'No page on “heat pumps” could be read.' },
	});
	expect(await runHere(webGather, { lists: [page('a', 'Log in.')], topic })).toMatchObject({
		kind: 'failed',
		failure: { message: expect.stringContaining('“Heat pumps: a” holds almost no text') },
	});
});

test('bounds what goes on, also from forty very long pages', async () => {
	const pages = Array.from({ length: 40 }, (_, number) =>
		page(
			`n${number}`,
			Array.from(
				{ length: 1_500 },
				(__, index) => `Heat pump ${number} of ${index * number} was measured at ${index} degrees.`,
			).join('\n\n'),
		),
	);
	const { documents, dropped } = await outputOf(webGather, { lists: pages, topic, maxDocuments: 30 });
	expect([documents.length, dropped.length]).toEqual([30, 10]);
	expect(JSON.stringify(documents).length).toBeLessThan(2_000_000);
	for (const { truncated } of documents) expect(truncated).toBe(true);
});
