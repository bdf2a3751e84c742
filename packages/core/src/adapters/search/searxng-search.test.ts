import { expect, test } from 'vitest';
import results from './fixture/searxng-results.json' with { type: 'json' };
import { sending, standIn } from './fixture/stand-in.ts';
import { SearxngSearch } from './searxng-search.ts';

const clock = { now: () => Date.parse('2026-03-20T12:00:00Z') };
const { signal } = new AbortController();

async function searching(answer: Parameters<typeof standIn>[0], query: object = {}) {
	const search = new SearxngSearch({ root: await standIn(answer), clock, timeoutMs: 2_000 });
	return await search.search({ text: 'environmental bills', limit: 10, ...query }, { signal });
}

test('gives each page once, the best first', async () => {
	expect(await searching(sending(200, results))).toEqual([
		{
			title: 'Bills before parliament',
			url: 'https://parliament.example/bills',
			snippet: 'Three environmental bills are before parliament …',
		},
		{
			title: 'Clean Air Bill & its critics',
			url: 'https://gazette.example/clean-air-bill',
			snippet: 'A bill for clean air',
			date: '2026-03-12',
		},
	]);
	expect(
		await searching(sending(200, { ...results, results: results.results.toReversed() }), { limit: 1 }),
	).toMatchObject([{ title: 'Bills before parliament' }]);
});

test('asks for JSON, of the time and in the language wanted, and gives no orders to the instance', async () => {
	const asked: Record<string, string>[] = [];
	const remember: Parameters<typeof standIn>[0] = (request, response) => {
		const url = new URL(request.url ?? '', 'http://x');
		asked.push({ path: url.pathname, ...Object.fromEntries(url.searchParams) });
		sending(200, { results: [] })(request, response);
	};
	await searching(remember, { text: '!!g  why not! :de <3 bills', maxAgeDays: 6, language: 'de' });
	await searching(remember, { maxAgeDays: 4_000, language: 'not a language' });
	expect(asked).toEqual([
		{ path: '/search', q: 'g  why not! de 3 bills', format: 'json', time_range: 'week', language: 'de' },
		{ path: '/search', q: 'environmental bills', format: 'json' },
	]);
});

test('says what to enable where JSON is not given', async () => {
	const forbidden = sending(403, '<!doctype html><title>403 Forbidden</title>', { 'content-type': 'text/html' });
	await expect(searching(forbidden)).rejects.toMatchObject({
		code: 'invalid-config',
		hint: expect.stringContaining('`search.formats`'),
	});
});

test('names the variable where there is no SearXNG', async () => {
	await expect(searching(sending(404, 'no'))).rejects.toMatchObject({ hint: expect.stringContaining('SEARXNG_URL') });
	await expect(searching(sending(301, '', { location: 'https://other.example/' }))).rejects.toMatchObject({
		code: 'invalid-config',
		message: expect.stringContaining('https://other.example/'),
	});
	await expect(searching(sending(200, '<html>hello</html>'))).rejects.toMatchObject({
		code: 'fetch-failed',
		message: expect.stringContaining('no JSON'),
	});
	await expect(searching(sending(200, ['x']))).rejects.toMatchObject({ code: 'fetch-failed' });
	await expect(searching(sending(400, { error: 'Invalid value' }))).rejects.toMatchObject({ code: 'not-possible' });
});

test('waits as long as the limiter says', async () => {
	await expect(searching(sending(429, 'Too Many Requests', { 'retry-after': '3' }))).rejects.toMatchObject({
		code: 'rate-limited',
		retryAfterMs: 3_000,
	});
});

test('is tried again when no engine answered, and is content with finding nothing', async () => {
	const silent = {
		results: [],
		unresponsive_engines: [
			['google', 'CAPTCHA'],
			['bing', 'timeout'],
		],
	};
	await expect(searching(sending(200, silent))).rejects.toMatchObject({
		code: 'fetch-failed',
		message: expect.stringContaining('google (CAPTCHA), bing (timeout)'),
	});
	expect(await searching(sending(200, { results: [], unresponsive_engines: [] }))).toEqual([]);
});

test('forgives single results that are odd', async () => {
	const odd = {
		results: [{ url: 7, title: {} }, {}, { url: 'https://a.example/', title: ['x'], content: 3, score: 'high' }],
	};
	expect(await searching(sending(200, odd))).toEqual([{ title: 'a.example', url: 'https://a.example/', snippet: '' }]);
});
