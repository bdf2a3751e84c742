import { CoreError } from '@errand/core/domain/errors.ts';
import type { RunSearch } from '@errand/core/ports/capability.ts';
import type { SearchHit, SearchQuery } from '@errand/core/ports/web-search.ts';
import { expect, test } from 'vitest';
import { outputOf, runHere } from '../research/fixture/run-here.ts';
import { webSearch } from './web-search.ts';

const hit = (name: string, more: Partial<SearchHit> = {}): SearchHit => ({
	title: name,
	url: `https://${name}.example/`,
	snippet: '',
	...more,
});

/** A search that knows some queries; a query it does not know is refused. */
class KnownSearch implements RunSearch {
	readonly name = 'known';
	readonly asked: SearchQuery[] = [];
	readonly #known: Readonly<Record<string, readonly SearchHit[]>>;

	constructor(known: Readonly<Record<string, readonly SearchHit[]>>) {
		this.#known = known;
	}

	async search(query: SearchQuery): Promise<readonly SearchHit[]> {
		this.asked.push(query);
		const hits = this.#known[query.text];
		if (hits !== undefined) return hits;
		throw Object.assign(new CoreError('rate-limited', 'Too many searches.', { hint: 'Wait.' }), {
			retryAfterMs: 7_000,
		});
	}
}

test('puts what several queries find before what one finds, each page once', async () => {
	const search = new KnownSearch({
		'heat pumps': [hit('one', { date: '2026-01-02' }), hit('shared', { snippet: 'short' })],
		'heat pump noise': [hit('two'), hit('shared', { url: 'http://www.shared.example', snippet: 'much longer words' })],
	});
	const input = { queries: ['heat pumps', 'heat pump noise', 'heat pumps'], limit: 3, maxAgeDays: 30, language: 'en' };
	const outcome = await runHere(webSearch, input, { services: { search } });
	expect(outcome).toMatchObject({
		kind: 'completed',
		output: {
			results: [
				{ title: 'shared', url: 'https://shared.example/', snippet: 'much longer words' },
				{ title: 'one', date: '2026-01-02' },
				{ title: 'two' },
			],
			sources: [{ url: 'https://shared.example/' }, { url: 'https://one.example/' }, { url: 'https://two.example/' }],
			warnings: [],
			method: 'rules',
		},
		origins: ['search:known', 'web:shared.example', 'web:one.example', 'web:two.example'],
	});
	expect(search.asked).toEqual([
		{ text: 'heat pumps', limit: 3, maxAgeDays: 30, language: 'en' },
		{ text: 'heat pump noise', limit: 3, maxAgeDays: 30, language: 'en' },
	]);
});

test('keeps titles and snippets from becoming markup of the answer', async () => {
	const search = new KnownSearch({
		x: [hit('a', { title: '[click](javascript:x) <b>', snippet: '![i](http://evil.example/?d) `y`' })],
	});
	const { text } = await outputOf(webSearch, { query: 'x' }, { services: { search } });
	expect(text).toBe(
		'1. [\\[click\\](javascript:x) \\<b\\>](<https://a.example/>) — !\\[i\\](http://evil.example/?d) \\`y\\`',
	);
});

test('goes on with the queries that succeeded, and waits when none did', async () => {
	const search = new KnownSearch({ good: [hit('a')] });
	const { results, warnings } = await outputOf(webSearch, { queries: ['bad', 'good'] }, { services: { search } });
	expect(results).toHaveLength(1);
	expect(warnings).toEqual(['The search for “bad” failed: Too many searches.']);
	expect(await runHere(webSearch, { query: 'bad' }, { services: { search } })).toMatchObject({
		kind: 'failed',
		failure: { kind: 'retryable', code: 'rate-limited', retryAfterMs: 7_000 },
	});
});

test('says when nothing was found', async () => {
	const services = { search: new KnownSearch({ x: [] }) };
	const { text, warnings } = await outputOf(webSearch, { query: 'x' }, { services });
	expect([text, ...warnings]).toEqual(['Nothing was found for “x”.', 'Nothing was found for “x”.']);
});

test('asks for addresses where no provider is set up, and takes those of the answer for results', async () => {
	expect(await runHere(webSearch, { query: 'heat pumps' })).toMatchObject({
		kind: 'asked',
		questions: [{ kind: 'text', text: expect.stringMatching(/“heat pumps”.*addresses.*BRAVE_API_KEY or SEARXNG_URL/) }],
	});
	const answers = ['hm?', 'Try www.a.example/start, or https://b.example/x?y=1.'];
	expect(await runHere(webSearch, { query: 'heat pumps' }, { answers })).toMatchObject({
		kind: 'completed',
		output: {
			results: [
				{ title: 'a.example/start', url: 'https://www.a.example/start' },
				{ title: 'b.example/x?y=1', url: 'https://b.example/x?y=1' },
			],
			warnings: [expect.stringContaining('No search provider')],
		},
		origins: ['web:www.a.example', 'web:b.example'],
	});
});

test('does not ask for ever', async () => {
	const answers = ['no', 'I do not know', 'none'];
	expect(await runHere(webSearch, { query: 'x' }, { answers: answers.slice(1) })).toMatchObject({ kind: 'asked' });
	expect(await runHere(webSearch, { query: 'x' }, { answers })).toMatchObject({
		kind: 'failed',
		failure: { kind: 'permanent', code: 'invalid-config', hint: expect.stringContaining('SEARXNG_URL') },
	});
});

test('refuses an input without a query', async () => {
	expect(await runHere(webSearch, { limit: 3 })).toMatchObject({ kind: 'failed', failure: { code: 'invalid-input' } });
});
