import { SourceSchema } from '@errand/core/domain/document.ts';
import type { ICapability, RunContext } from '@errand/core/ports/capability.ts';
import type { SearchHit } from '@errand/core/ports/web-search.ts';
import { z } from 'zod';

const words = z.string().trim().min(1).max(1_000);
const input = z
	.strictObject({
		query: words.optional().describe('What to look for, in the words of a search engine'),
		queries: z.array(words).min(1).max(5).optional().describe('The same question put in several ways'),
		limit: z.int().min(1).max(20).default(8).describe('How many results at most'),
		maxAgeDays: z.int().min(1).max(3_650).optional().describe('Only pages of the last so many days'),
		language: z
			.string()
			.regex(/^[a-z]{2}$/i)
			.optional()
			.describe('ISO 639-1, such as en'),
	})
	.refine(({ query, queries }) => query !== undefined || queries !== undefined, 'give query or queries');

const output = z.object({
	results: z.array(z.object({ title: z.string(), url: z.string(), snippet: z.string(), date: z.string().optional() })),
	text: z.string(),
	sources: z.array(SourceSchema),
	warnings: z.array(z.string()),
	method: z.enum(['model', 'rules']),
});

/** webSearch is `web.search`: finds pages by the search provider, or has the person name some where there is none. */
export const webSearch: ICapability<z.infer<typeof input>, z.infer<typeof output>> = {
	name: 'web.search',
	version: 1,
	summary: 'Searches the web and gives ranked links with titles, snippets and dates; read them with web.read.',
	input,
	output,
	effects: 'none',
	pure: false,
	placement: 'process',
	concurrency: 2,
	uses: ['search'],
	copiesAddresses: true,
	timeoutMs: 90_000,
	retry: { maxAttempts: 3, waitsMs: [1_000, 5_000] },
	async run({ query, queries = [], limit, maxAgeDays, language }, context) {
		const asked = [...new Set([...(query === undefined ? [] : [query]), ...queries])];
		const { hits, warnings } =
			context.search === undefined
				? await namedByPerson(asked, limit, context)
				: await searched(asked, { limit, maxAgeDays, language }, context);
		const { linkList, linkSources } = await import('../research/link-list.ts');
		const results = hits.map(({ title, url, snippet, date }) => ({
			title,
			url,
			snippet,
			...(date === undefined ? {} : { date }),
		}));
		for (const { url } of results) context.taint(`web:${new URL(url).host}`);
		const listed = results.map(({ title, url, snippet, date }) => ({
			title,
			url,
			note: [date, snippet].filter((part) => part !== undefined && part !== '').join(': '),
		}));
		const nothing = `Nothing was found for ${asked.map((one) => `“${one}”`).join(', ')}.`;
		return {
			results,
			text: results.length === 0 ? nothing : linkList(listed),
			sources: linkSources(results),
			warnings: results.length === 0 ? [...warnings, nothing] : warnings,
			method: 'rules',
		};
	},
};

interface Found {
	readonly hits: readonly SearchHit[];
	readonly warnings: string[];
}

async function searched(
	queries: readonly string[],
	options: { limit: number; maxAgeDays: number | undefined; language: string | undefined },
	context: RunContext,
): Promise<Found> {
	const { search } = context;
	if (search === undefined) return { hits: [], warnings: [] };
	context.taint(`search:${search.name}`);
	const { mergeHits } = await import('../research/merge-hits.ts');
	const rankings: (readonly SearchHit[])[] = [];
	const failures: { query: string; error: unknown }[] = [];
	// One after the other, because plans of search services bound how many go at once.
	for (const [index, text] of queries.entries()) {
		context.signal.throwIfAborted();
		context.progress({ text: `Searching for ${text}`, percent: (100 * index) / queries.length });
		try {
			rankings.push(await search.search({ text, ...options }));
		} catch (error) {
			context.signal.throwIfAborted();
			failures.push({ query: text, error });
		}
	}
	const [first] = failures;
	if (first !== undefined && rankings.length === 0) throw first.error;
	const { describeError } = await import('@errand/core/domain/errors.ts');
	const warnings = failures.map(({ query, error }) => `The search for “${query}” failed: ${describeError(error)}`);
	return { hits: mergeHits(rankings, options.limit), warnings };
}

/** How often the person is asked before the step gives up. */
const MAX_ROUNDS = 3;

async function namedByPerson(queries: readonly string[], limit: number, context: RunContext): Promise<Found> {
	const { markAddresses, marksIn } = await import('@errand/core/planning/rules/find-addresses.ts');
	const said = context.answers.map(({ answer }) => (typeof answer === 'string' ? answer : ''));
	const named = said
		.map(markAddresses)
		.flatMap(({ text, urls }) => marksIn(text).flatMap((number) => urls[number] ?? []));
	const urls = [...new Set(named)].slice(0, limit);
	if (urls.length > 0) {
		const hits = urls.map((url) => ({ title: url.replace(/^https?:\/\/(?:www\.)?/, ''), url, snippet: '' }));
		return { hits, warnings: ['No search provider is set up; these are the addresses you gave.'] };
	}
	const about = queries.map((one) => `“${one}”`).join(', ');
	if (said.length < MAX_ROUNDS) {
		const text = `No search provider is set up, so I cannot look for ${about} by myself. Give one or more addresses to start from, or set BRAVE_API_KEY or SEARXNG_URL and send the goal again.`;
		context.ask([{ kind: 'text', text }]);
	}
	const { CoreError } = await import('@errand/core/domain/errors.ts');
	throw new CoreError(
		'invalid-config',
		`Cannot look for ${about}: no search provider is set up, and no address was given.`,
		{
			hint: 'Set BRAVE_API_KEY or SEARXNG_URL and retry, or send the goal again with the addresses to start from.',
		},
	);
}
