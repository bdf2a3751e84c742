import { z } from 'zod';
import { readRetryAfter } from '../../domain/retry-after.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IWebSearch, SearchHit, SearchQuery } from '../../ports/web-search.ts';
import { braveLanguage } from './brave-language.ts';
import { ageWindow, cleanHits, earliest } from './clean-hits.ts';
import { type JsonAnswer, requestJson, searchError } from './request-json.ts';

/** BraveOptions say with which key and where Brave is asked. */
export interface BraveOptions {
	readonly key: string;
	/** Root of the API. */
	readonly root: string;
	readonly clock: Pick<IClock, 'now'>;
	readonly timeoutMs?: number;
}

const FRESHNESS = { day: 'pd', week: 'pw', month: 'pm', year: 'py' } as const;
/** What the API takes at most: https://api-dashboard.search.brave.com/api-reference/web/search/get */
const LIMITS = { characters: 400, words: 50, count: 20 } as const;

/** BraveSearch asks the Brave Search API. */
export class BraveSearch implements IWebSearch {
	readonly name = 'brave';
	readonly #options: BraveOptions;

	constructor(options: BraveOptions) {
		this.#options = options;
	}

	async search(query: SearchQuery, { signal }: { readonly signal: AbortSignal }): Promise<readonly SearchHit[]> {
		const { key, root, clock, timeoutMs = 10_000 } = this.#options;
		const url = new URL(`${root}/res/v1/web/search`);
		for (const [name, value] of Object.entries(parametersOf(query))) url.searchParams.set(name, value);
		const headers = { 'x-subscription-token': key };
		const answer = await requestJson({ service: 'Brave Search', url, headers, timeoutMs, signal });
		const body = Answer.safeParse(answer.json);
		if (answer.status === 200 && body.success) {
			const results = body.data.web?.results ?? [];
			const raw = results.map(({ description, page_age, age, ...rest }) => ({
				...rest,
				snippet: description,
				date: page_age ?? age,
			}));
			return cleanHits(raw, { limit: query.limit, notBefore: earliest(query.maxAgeDays, clock.now()) });
		}
		throw failure(answer, clock.now());
	}
}

function parametersOf({ text, limit, maxAgeDays, language }: SearchQuery): Record<string, string> {
	const window = ageWindow(maxAgeDays);
	const code = language === undefined ? undefined : braveLanguage(language);
	return {
		q: text.trim().split(/\s+/).slice(0, LIMITS.words).join(' ').slice(0, LIMITS.characters).toWellFormed(),
		count: String(Math.min(LIMITS.count, limit)),
		result_filter: 'web',
		text_decorations: 'false',
		...(window === undefined ? {} : { freshness: FRESHNESS[window] }),
		...(code === undefined ? {} : { search_lang: code }),
	};
}

const text = z.string().nullish().catch(undefined);
const Answer = z.object({
	web: z
		.object({
			results: z.array(z.object({ title: text, url: text, description: text, page_age: text, age: text })),
		})
		.nullish(),
});

function failure(answer: JsonAnswer, now: number): Error {
	const { status, headers } = answer;
	const code = Refusal.safeParse(answer.json).data?.error.code ?? '';
	// Brave answers an unknown key with 422.
	if (status === 401 || status === 403 || code === 'SUBSCRIPTION_TOKEN_INVALID') {
		return searchError(
			'invalid-config',
			`Brave Search does not take the key in BRAVE_API_KEY (it answered ${status}).`,
			{
				hint: 'Check BRAVE_API_KEY at https://api-dashboard.search.brave.com, set it right and start Errand again.',
			},
		);
	}
	if (status === 402 || (status === 429 && quotaIsUsedUp(headers))) {
		return searchError('not-possible', 'The searches of this Brave Search plan are used up for this month.', {
			hint: 'Raise the limit of the plan, set SEARXNG_URL instead of BRAVE_API_KEY, or give addresses to start from.',
		});
	}
	if (status === 429) {
		return searchError('rate-limited', 'Brave Search asks to wait: too many searches at once.', {
			hint: 'Errand waits and tries again by itself.',
			retryAfterMs: readRetryAfter(headers.get('retry-after'), now) ?? burstResetMs(headers),
		});
	}
	const odd =
		status === 200
			? 'sent something other than search results'
			: `answered ${status}${code === '' ? '' : ` (${code})`}`;
	const mayPass = status === 200 || status === 408 || status >= 500;
	return searchError(mayPass ? 'fetch-failed' : 'not-possible', `Brave Search ${odd}.`, {
		hint: mayPass ? 'Errand tries again by itself.' : 'Say it in other words, or check BRAVE_API_URL.',
		retryAfterMs: readRetryAfter(headers.get('retry-after'), now),
	});
}

const Refusal = z.object({ error: z.object({ code: z.string().max(100) }) });

/** `X-RateLimit-Remaining: 1, 0`: one for each window of time, the shortest first. */
function quotaIsUsedUp(headers: Headers): boolean {
	return windowsOf(headers, 'x-ratelimit-remaining')
		.slice(1)
		.some((left) => left === 0);
}

function burstResetMs(headers: Headers): number {
	return Math.min(60, windowsOf(headers, 'x-ratelimit-reset')[0] ?? 1) * 1_000;
}

function windowsOf(headers: Headers, name: string): number[] {
	const parts = (headers.get(name) ?? '').split(',').map((part) => part.trim());
	return parts.filter((part) => /^\d+$/.test(part)).map(Number);
}
