import type { Document } from '@errand/core/domain/document.ts';
import { describeError, isCoreError } from '@errand/core/domain/errors.ts';
import type { RunContext } from '@errand/core/ports/capability.ts';
import { download } from '../../documents/download.ts';
import { parseDocument } from '../../documents/parse-document.ts';

/** Looked is what the web gave, and what to mind about it. */
export interface Looked {
	readonly documents: readonly Document[];
	readonly warnings: readonly string[];
}

const LIMITS = { maxBytes: 5_000_000, maxMs: 15_000 } as const;

/** searchAndRead searches for a question and reads the first pages found; a page that cannot be read is left out. */
export async function searchAndRead(
	query: string,
	pages: number,
	context: Pick<RunContext, 'search' | 'fetch' | 'signal' | 'progress' | 'taint'>,
): Promise<Looked> {
	const { search } = context;
	if (search === undefined) {
		return {
			documents: [],
			warnings: ['The web was not searched: no search provider is configured (BRAVE_API_KEY or SEARXNG_URL).'],
		};
	}
	let hits: Awaited<ReturnType<typeof search.search>>;
	try {
		hits = await search.search({ text: query.slice(0, 400), limit: pages + 3 });
	} catch (error) {
		context.signal.throwIfAborted();
		if (isCoreError(error, 'over-budget') || isCoreError(error, 'over-day-budget') || isCoreError(error, 'cancelled'))
			throw error;
		return { documents: [], warnings: [`The web could not be searched: ${describeError(error)}`] };
	}
	context.progress({ percent: 20, text: `Reading what ${search.name} found` });
	const read = await Promise.all(hits.map((hit) => readPage(hit.url, context)));
	const documents = read.filter((document) => document !== undefined).slice(0, pages);
	return { documents, warnings: documents.length === 0 ? ['Nothing that could be read was found on the web.'] : [] };
}

async function readPage(
	address: string,
	context: Pick<RunContext, 'fetch' | 'signal' | 'progress' | 'taint'>,
): Promise<Document | undefined> {
	try {
		context.taint(`web:${new URL(address).host}`);
		const { content, contentType, url, name } = await download(address, context, LIMITS);
		context.taint(`web:${url.host}`);
		const parsed = await parseDocument({ content, contentType, name, url: url.href, signal: context.signal });
		return { ...parsed, url: url.href };
	} catch {
		context.signal.throwIfAborted();
		return undefined;
	}
}
