import { CoreError, type ErrorCode, isCoreError } from '@errand/core/domain/errors.ts';
import type { Json } from '@errand/core/domain/json.ts';
import type { RunContext } from '@errand/core/ports/capability.ts';
import { modelFailure } from '../text/model/asking/by-model-or-rules.ts';
import { awayText, changedText, firstText, pageLink, sameText, type WatchedPage } from './change-text.ts';
import { type Comparison, comparePages, type Ignored } from './compare-pages.ts';
import { type KeptVersion, keepVersion, readKept, versionText, watchedId } from './kept-version.ts';
import { lookAtPage, type SeenPage } from './look-at-page.ts';
import { whyNotThePage } from './page-away.ts';
import type { PageChange } from './page-change.ts';
import { isSelector } from './page-part.ts';

/** WatchRequest asks for one look at a page, against what the look before left. */
export interface WatchRequest {
	readonly url: string;
	readonly selectors: readonly string[];
	readonly ignore: readonly string[];
	readonly render: 'auto' | 'fetch' | 'browser';
	readonly minChange: number;
	readonly kept: Json | undefined;
}

/** Watched is what one look at a page found. */
export interface Watched {
	/** The page says something else than in the version that was kept. */
	readonly changed: boolean;
	readonly first: boolean;
	/** Worth telling: it changed, it has been away for a while, or it is back. */
	readonly tell: boolean;
	/** Markdown. */
	readonly text: string;
	readonly changes: readonly PageChange[];
	/** Differences that are no change, counted by what they are. */
	readonly ignored: Ignored;
	readonly keep: KeptVersion;
	readonly sources: readonly { readonly title: string; readonly url: string; readonly quote?: string }[];
	readonly warnings: readonly string[];
	readonly method: 'model' | 'rules';
}

/** A page that is away so many times in a row is worth a word. */
const FAILURES_TOLD = 3;
const MAX_CHANGES = 40;

/** What is wrong with the request, or ends the run, is not the page's absence. */
const NOT_AWAY: readonly ErrorCode[] = [
	'invalid-input',
	'address-refused',
	'cancelled',
	'over-budget',
	'over-day-budget',
	'disk-full',
	'internal',
];

/** watchPage looks at a page once: tells what changed since the version that was kept, and what to keep for the next time. */
export async function watchPage(request: WatchRequest, context: RunContext): Promise<Watched> {
	const { url, selectors, ignore } = request;
	const of = watchedId([url, selectors, ignore]);
	const kept = readKept(request.kept, of);
	const before = await versionText(kept, context);
	context.progress({ text: 'Looking at the page' });
	let seen: SeenPage;
	try {
		seen = await lookAtPage({ ...request, readBy: kept?.by }, context);
		const why = whyAway(seen, selectors, before);
		if (why !== undefined) throw new CoreError('not-found', `${why}.`, { hint: '' });
	} catch (error) {
		context.signal.throwIfAborted();
		if (!isCoreError(error) || NOT_AWAY.includes(error.code)) throw error;
		return away({ of, url, kept, has: before !== undefined, why: error.message });
	}
	if (kept === undefined || before === undefined) return firstLook(seen, of, context);
	const texts = ignore.filter((one) => !isSelector(one));
	const compared = comparePages(before, seen.markdown, { ignore: texts, minChange: request.minChange });
	return compared.changed ? changed(seen, of, compared, context) : unchanged(seen, kept, compared);
}

function whyAway(seen: SeenPage, selectors: readonly string[], before: string | undefined): string | undefined {
	const instead = whyNotThePage(seen, before === undefined ? undefined : { markdown: before });
	if (instead !== undefined || seen.found) return instead;
	return `nothing on the page fits ${selectors.map((selector) => `"${selector.slice(0, 100)}"`).join(' or ')}`;
}

interface Absence {
	readonly of: string;
	readonly url: string;
	readonly kept: KeptVersion | undefined;
	/** There is a version to compare with. */
	readonly has: boolean;
	readonly why: string;
}

function away({ of, url, kept, has, why }: Absence): Watched {
	const failures = (kept?.failures ?? 0) + 1;
	// Of a page that was never there the address may be wrong: that is told at once.
	const tell = !(kept?.told ?? false) && (failures >= FAILURES_TOLD || !has);
	const page = { title: kept?.title ?? '', url };
	const base = kept ?? { v: 1 as const, of, title: '' };
	return {
		changed: false,
		first: false,
		tell,
		text: awayText(page, { why, failures, has }),
		changes: [],
		ignored: {},
		keep: { ...base, failures, told: (kept?.told ?? false) || tell },
		sources: [{ title: page.title || url, url }],
		warnings: [],
		method: 'rules',
	};
}

async function firstLook(seen: SeenPage, of: string, context: RunContext): Promise<Watched> {
	return { ...found(seen), first: true, text: firstText(seen), keep: await keepVersion({ ...seen, of }, context) };
}

function unchanged(seen: SeenPage, kept: KeptVersion, { ignored }: Comparison): Watched {
	const back = kept.told;
	const text = `${back ? `${pageLink(seen)} is back. ` : ''}${sameText(seen, ignored)}`;
	// The older version stays, so that many small steps come to be a change.
	const keep = { ...kept, failures: 0, told: false };
	return { ...found(seen), tell: back, text, ignored, keep };
}

async function changed(seen: SeenPage, of: string, compared: Comparison, context: RunContext): Promise<Watched> {
	const { changes, ignored } = compared;
	const { sentences, warnings } = await inWords(changes, seen, context);
	const quote = changes.find(({ after }) => after !== undefined)?.after;
	return {
		...found(seen),
		changed: true,
		tell: true,
		text: changedText(seen, changes, sentences),
		changes: changes.slice(0, MAX_CHANGES),
		ignored,
		keep: await keepVersion({ ...seen, of }, context),
		sources: [{ title: seen.title || seen.url, url: seen.url, ...(quote === undefined ? {} : { quote }) }],
		warnings,
		method: sentences.length > 0 ? 'model' : 'rules',
	};
}

/** A model that fails takes nothing away: what changed is told all the same. */
async function inWords(changes: readonly PageChange[], page: WatchedPage, context: RunContext) {
	const { model } = context;
	if (model === undefined) return { sentences: [], warnings: [] };
	try {
		const { summarizeChanges } = await import('./summarize-changes.ts');
		return await summarizeChanges(changes.slice(0, MAX_CHANGES), page, { model, context });
	} catch (error) {
		const failed = modelFailure(error, model);
		if (failed === undefined) throw error;
		return { sentences: [], warnings: [`${failed}: the changes are listed without a summary.`] };
	}
}

function found({ title, url }: SeenPage): Omit<Watched, 'text' | 'keep'> {
	return {
		...{ changed: false, first: false, tell: false, changes: [], ignored: {}, warnings: [], method: 'rules' as const },
		sources: [{ title: title || url, url }],
	};
}
