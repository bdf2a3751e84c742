import { expect, test } from 'vitest';
import { BraveSearch } from './brave-search.ts';
import results from './fixture/brave-results.json' with { type: 'json' };
import { sending, standIn } from './fixture/stand-in.ts';

const clock = { now: () => Date.parse('2026-03-20T12:00:00Z') };
const { signal } = new AbortController();

function brave(root: string, timeoutMs = 5_000) {
	return new BraveSearch({ key: 'BSA-secret', root, clock, timeoutMs });
}

async function failing(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
	const search = brave(await standIn(sending(status, body, headers)));
	return await search.search({ text: 'x', limit: 5 }, { signal }).then(
		() => undefined,
		(error: unknown) => error,
	);
}

const refusal = (status: number, code: string) => ({
	type: 'ErrorResponse',
	error: { id: 'ade84851', status, code, detail: 'no', meta: {} },
	time: 1_754_364_294,
});

test('gives each page once, as plain text with its day', async () => {
	const root = await standIn(sending(200, results));
	expect(await brave(root).search({ text: 'environmental bills', limit: 10 }, { signal })).toEqual([
		{
			title: 'Clean Air Bill — what it changes',
			url: 'https://www.gazette.example/clean-air-bill/?utm_source=brave',
			snippet: "The Clean Air Bill would set limits of 10 µg & create zones. It's due in June.",
			date: '2026-03-12',
		},
		{ title: 'parliament.example', url: 'https://parliament.example/bills', snippet: '', date: '2020-05-03' },
	]);
});

test('asks in the words of the API, within its limits', async () => {
	const asked: { url: URL; key: unknown }[] = [];
	const root = await standIn((request, response) => {
		asked.push({ url: new URL(request.url ?? '', 'http://x'), key: request.headers['x-subscription-token'] });
		sending(200, { type: 'search' })(request, response);
	});
	const text = 'word '.repeat(80);
	expect(await brave(root).search({ text, limit: 50, maxAgeDays: 20, language: 'ja' }, { signal })).toEqual([]);
	await brave(root).search({ text: 'a & b', limit: 3, language: 'xx' }, { signal });
	expect(asked.map(({ key }) => key)).toEqual(['BSA-secret', 'BSA-secret']);
	const [first, second] = asked.map(({ url }) => ({ path: url.pathname, ...Object.fromEntries(url.searchParams) }));
	expect(first).toMatchObject({ path: '/res/v1/web/search', count: '20', freshness: 'pm', search_lang: 'jp' });
	expect(first).toHaveProperty('q', 'word '.repeat(50).trim());
	expect(second).toEqual({
		path: '/res/v1/web/search',
		q: 'a & b',
		count: '3',
		result_filter: 'web',
		text_decorations: 'false',
	});
});

test('leaves out what is known to be older than asked for', async () => {
	const root = await standIn(sending(200, results));
	const hits = await brave(root).search({ text: 'x', limit: 10, maxAgeDays: 9 }, { signal });
	expect(hits.map(({ date }) => date)).toEqual(['2026-03-12']);
	expect(await brave(root).search({ text: 'x', limit: 1 }, { signal })).toHaveLength(1);
});

test('names the variable when the key is not taken, and never shows the key', async () => {
	for (const [status, code] of [
		[401, 'X'],
		[403, 'FORBIDDEN'],
		[422, 'SUBSCRIPTION_TOKEN_INVALID'],
	] as const) {
		const error = await failing(status, refusal(status, code));
		expect(error).toMatchObject({ code: 'invalid-config', message: expect.stringContaining('BRAVE_API_KEY') });
		expect(JSON.stringify(error)).not.toContain('secret');
	}
});

test('waits as long as it is told when there were too many at once', async () => {
	const limits = { 'x-ratelimit-remaining': '0, 1200', 'x-ratelimit-reset': '2, 1419704' };
	const body = refusal(429, 'RATE_LIMITED');
	expect(await failing(429, body, limits)).toMatchObject({ code: 'rate-limited', retryAfterMs: 2_000 });
	expect(await failing(429, body, { 'retry-after': '7' })).toMatchObject({ retryAfterMs: 7_000 });
	expect(await failing(429, body, { 'retry-after': 'Fri, 20 Mar 2026 12:00:30 GMT' })).toMatchObject({
		retryAfterMs: 30_000,
	});
	expect(await failing(429, 'slow down')).toMatchObject({ code: 'rate-limited', retryAfterMs: 1_000 });
});

test('does not wait for the end of the month', async () => {
	const limits = { 'x-ratelimit-remaining': '1, 0', 'x-ratelimit-reset': '1, 1419704' };
	expect(await failing(429, refusal(429, 'QUOTA'), limits)).toMatchObject({
		code: 'not-possible',
		message: expect.stringContaining('used up'),
	});
});

test('calls what may pass by another name than what will not', async () => {
	expect(await failing(503, 'down')).toMatchObject({ code: 'fetch-failed' });
	expect(await failing(200, '{"web": {"resul')).toMatchObject({ code: 'fetch-failed' });
	expect(await failing(200, { web: { results: 'none' } })).toMatchObject({ code: 'fetch-failed' });
	expect(await failing(422, refusal(422, 'VALIDATION'))).toMatchObject({
		code: 'not-possible',
		message: expect.stringContaining('VALIDATION'),
	});
	expect(await failing(302, '', { location: 'http://127.0.0.1:1/' })).toMatchObject({ code: 'not-possible' });
});

test('ends in time when no answer comes, or no end of one', async () => {
	const silent = await standIn(() => {});
	const endless = await standIn((_request, response) => void response.writeHead(200).write('{"web":'));
	for (const root of [silent, endless]) {
		await expect(brave(root, 100).search({ text: 'x', limit: 1 }, { signal })).rejects.toMatchObject({
			code: 'fetch-failed',
			message: expect.stringContaining('no answer within 0.1 s'),
		});
	}
	await expect(brave('http://127.0.0.1:1').search({ text: 'x', limit: 1 }, { signal })).rejects.toMatchObject({
		code: 'fetch-failed',
	});
});

test('stops reading what is far too much', async () => {
	const root = await standIn((_request, response) => {
		response.writeHead(200);
		const more = () => {
			while (response.write('x'.repeat(65_536)));
		};
		response.on('drain', more);
		more();
	});
	await expect(brave(root).search({ text: 'x', limit: 1 }, { signal })).rejects.toMatchObject({
		code: 'fetch-failed',
		message: expect.stringContaining('more than 4 MB'),
	});
});

test('stops with the run', async () => {
	const root = await standIn(() => {});
	const run = new AbortController();
	const searching = brave(root).search({ text: 'x', limit: 1 }, { signal: run.signal });
	run.abort(new DOMException('cancelled', 'AbortError'));
	await expect(searching).rejects.toMatchObject({ name: 'AbortError' });
});
