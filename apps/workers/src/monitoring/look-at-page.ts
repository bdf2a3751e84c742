import { setTimeout as wait } from 'node:timers/promises';
import { CoreError, type ErrorCode, isCoreError } from '@errand/core/domain/errors.ts';
import type { RunContext } from '@errand/core/ports/capability.ts';
import { decodeText } from '../documents/charset.ts';
import { download } from '../documents/download.ts';
import { parseDocument } from '../documents/parse-document.ts';
import { sniff } from '../documents/sniff.ts';
import { isSelector, pagePart } from './page-part.ts';

/** Look asks for a page, or a part of it. */
export interface Look {
	readonly url: string;
	readonly selectors: readonly string[];
	readonly ignore: readonly string[];
	readonly render: 'auto' | 'fetch' | 'browser';
	/** How the page was read the time before, so that the way of reading is not what changed. */
	readonly readBy: 'fetch' | 'browser' | undefined;
}

/** SeenPage is what a look at a page found. */
export interface SeenPage {
	readonly title: string;
	readonly url: string;
	readonly markdown: string;
	readonly by: 'fetch' | 'browser';
	/** Whether what the selectors name is there. */
	readonly found: boolean;
}

type Run = Pick<RunContext, 'fetch' | 'signal' | 'progress' | 'taint' | 'browser'>;

const LIMITS = { maxBytes: 20_000_000, maxMs: 25_000 } as const;
/** What passes by itself within seconds is no absence. */
const WAITS_MS = [500, 2_000] as const;
const PASSING: readonly ErrorCode[] = ['fetch-failed', 'timed-out', 'rate-limited', 'browser-failed'];

/** lookAtPage reads a page without scripts, or in the task's browser where that is asked for or nothing is there without. Throws CoreErrors of reading. */
export async function lookAtPage(look: Look, context: Run): Promise<SeenPage> {
	for (let tried = 0; ; tried += 1) {
		try {
			return await lookOnce(look, context);
		} catch (error) {
			context.signal.throwIfAborted();
			const pause = WAITS_MS[tried];
			if (pause === undefined || !isCoreError(error) || !PASSING.includes(error.code)) throw error;
			await wait(pause, undefined, { signal: context.signal });
		}
	}
}

async function lookOnce(look: Look, context: Run): Promise<SeenPage> {
	const { render, readBy } = look;
	const auto = render === 'auto' && context.browser !== undefined;
	if (render === 'browser' || (auto && readBy === 'browser')) return browsed(look, context);
	const seen = await fetched(look, context);
	const empty = seen.markdown.trim().length < 40 && seen.scripted;
	return empty && auto ? browsed(look, context) : seen;
}

async function fetched(look: Look, context: Run): Promise<SeenPage & { readonly scripted: boolean }> {
	if (URL.canParse(look.url)) context.taint(`web:${new URL(look.url).host}`);
	const { content, contentType, url, name } = await download(look.url, context, LIMITS);
	context.taint(`web:${url.host}`);
	const sniffed = sniff(content, contentType, name);
	if ('kind' in sniffed && sniffed.kind === 'html') {
		const html = decodeText(content, contentType);
		const scripted = html.length > 1_000 && /<script\b/i.test(html);
		return { ...partOf(html, look), url: url.href, by: 'fetch', scripted };
	}
	const raw = { content, contentType, name, url: url.href, signal: context.signal };
	const { title, markdown } = await parseDocument(raw);
	return { title, markdown, url: url.href, by: 'fetch', found: true, scripted: false };
}

async function browsed(look: Look, context: Run): Promise<SeenPage> {
	if (context.browser === undefined) {
		throw new CoreError('not-possible', 'There is no browser on this machine.', {
			hint: 'Run "npm run setup-browser" on it, or leave out render: "browser".',
		});
	}
	const { PageVisit } = await import('../browsing/page-visit.ts');
	const visit = new PageVisit('watch', context.browser, context);
	const { status } = await visit.act({ do: 'open', url: look.url });
	if (status !== undefined && status >= 400) {
		const code = status === 404 || status === 410 ? 'not-found' : status >= 500 ? 'fetch-failed' : 'forbidden';
		throw new CoreError(code, `the site answered ${status}.`, { hint: 'Check the address in a browser.' });
	}
	const html = await visit.content();
	return { ...partOf(html, look), url: visit.sight?.url ?? look.url, by: 'browser' };
}

function partOf(html: string, { selectors, ignore }: Look): Pick<SeenPage, 'title' | 'markdown' | 'found'> {
	return pagePart(html, { selectors, ignored: ignore.filter(isSelector) });
}
