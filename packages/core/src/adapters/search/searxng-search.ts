import { z } from 'zod';
import { readRetryAfter } from '../../domain/retry-after.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IWebSearch, SearchHit, SearchQuery } from '../../ports/web-search.ts';
import { ageWindow, cleanHits, earliest } from './clean-hits.ts';
import { type JsonAnswer, requestJson, searchError } from './request-json.ts';

/** SearxngOptions say where an own SearXNG is asked. */
export interface SearxngOptions {
	/** The instance's address; `/search` is under it. */
	readonly root: string;
	readonly clock: Pick<IClock, 'now'>;
	readonly timeoutMs?: number;
}

/** SearxngSearch asks the JSON API of a SearXNG instance (https://docs.searxng.org/dev/search_api.html). */
export class SearxngSearch implements IWebSearch {
	readonly name = 'searxng';
	readonly #options: SearxngOptions;

	constructor(options: SearxngOptions) {
		this.#options = options;
	}

	async search(query: SearchQuery, { signal }: { readonly signal: AbortSignal }): Promise<readonly SearchHit[]> {
		// An instance waits for its slowest engine, three seconds and more.
		const { root, clock, timeoutMs = 15_000 } = this.#options;
		const url = new URL(`${root}/search`);
		for (const [name, value] of Object.entries(parametersOf(query))) url.searchParams.set(name, value);
		const answer = await requestJson({ service: 'SearXNG', url, timeoutMs, signal });
		const body = Answer.safeParse(answer.json);
		if (answer.status !== 200 || !body.success) throw failure(answer, root, clock.now());
		const { results, unresponsive_engines: silent } = body.data;
		if (results.length === 0 && silent.length > 0) throw noEngine(silent);
		const raw = results
			.map((result, rank) => ({ result, rank }))
			// Instances send the best first; a score says so where one does not.
			.sort((one, other) => (other.result.score ?? 0) - (one.result.score ?? 0) || one.rank - other.rank)
			.map(({ result: { content, publishedDate, ...rest } }) => ({ ...rest, snippet: content, date: publishedDate }));
		return cleanHits(raw, { limit: query.limit, notBefore: earliest(query.maxAgeDays, clock.now()) });
	}
}

function parametersOf({ text, maxAgeDays, language }: SearchQuery): Record<string, string> {
	const window = ageWindow(maxAgeDays);
	// A word that begins with `!`, `:` or `<` is an order to SearXNG, such as to leave for another site.
	const words = text.replace(/(^|\s)[!:<?]+(?=\S)/g, '$1');
	return {
		q: words.trim().slice(0, 1_000).toWellFormed(),
		format: 'json',
		...(window === undefined ? {} : { time_range: window }),
		...(language !== undefined && /^[a-z]{2,3}(?:-[a-z]{2})?$/i.test(language) ? { language } : {}),
	};
}

const text = z.string().nullish().catch(undefined);
const Answer = z.object({
	results: z.array(
		z.object({
			title: text,
			url: text,
			content: text,
			publishedDate: text,
			score: z.number().nullish().catch(undefined),
		}),
	),
	/** Pairs of an engine's name and why it did not answer. */
	unresponsive_engines: z.array(z.array(z.string())).catch([]).default([]),
});

function noEngine(silent: readonly (readonly string[])[]): Error {
	const engines = silent.slice(0, 5).map(([engine = 'an engine', why = 'no answer']) => `${engine} (${why})`);
	return searchError('fetch-failed', `SearXNG got nothing from its engines: ${engines.join(', ').slice(0, 300)}.`, {
		hint: 'Errand tries again by itself; if it stays so, enable other engines in the settings of SearXNG.',
	});
}

function failure({ status, headers, json }: JsonAnswer, root: string, now: number): Error {
	if (status === 403) {
		return searchError('invalid-config', `SearXNG at ${root} answered 403: it does not give results as JSON.`, {
			hint: 'In its settings.yml add `json` to `search.formats` and restart it; if a proxy stands before it, let Errand in.',
		});
	}
	if (status === 401 || status === 404 || (status >= 300 && status < 400)) {
		const place = headers.get('location');
		const seen = place === null ? String(status) : `${status}, pointing to ${place.slice(0, 200)}`;
		return searchError('invalid-config', `There is no open SearXNG at ${root}: it answered ${seen}.`, {
			hint: 'Set SEARXNG_URL to the address under which /search answers, and start Errand again.',
		});
	}
	if (status === 429) {
		return searchError('rate-limited', 'SearXNG asks to wait: its limiter saw too many searches.', {
			hint: 'Errand waits and tries again by itself; an own instance can do without the limiter (`server.limiter: false`).',
			retryAfterMs: readRetryAfter(headers.get('retry-after'), now),
		});
	}
	const odd =
		status === 200
			? `sent ${json === undefined ? 'no JSON' : 'something other than search results'}`
			: `answered ${status}`;
	const mayPass = status === 200 || status === 408 || status >= 500;
	return searchError(mayPass ? 'fetch-failed' : 'not-possible', `SearXNG at ${root} ${odd}.`, {
		hint: mayPass ? 'Errand tries again by itself; check that SEARXNG_URL is a SearXNG.' : 'Say it in other words.',
		retryAfterMs: readRetryAfter(headers.get('retry-after'), now),
	});
}
