import type { ArtifactRef, Source } from '@errand/core/domain/capability.ts';
import type { Document } from '@errand/core/domain/document.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import type { Json } from '@errand/core/domain/json.ts';
import type { RunContext } from '@errand/core/ports/capability.ts';
import { NEEDS_BROWSER, readHtml } from '../documents/html/read-html.ts';
import { concealer } from './conceal.ts';
import { fillTexts } from './fill-texts.ts';
import { PageVisit } from './page-visit.ts';
import { performVisit } from './perform-visit.ts';
import { renderVisit } from './render-visit.ts';
import type { VisitInput } from './visit-input.ts';
import { shortAddress } from './visit-words.ts';

/** VisitOutput is what `browser.visit` gives. */
export interface VisitOutput {
	readonly document?: Document | undefined;
	readonly text: string;
	readonly url: string;
	readonly title: string;
	readonly snapshot?: string | undefined;
	readonly fields?: Record<string, Json> | undefined;
	readonly artifacts: ArtifactRef[];
	readonly sources: Source[];
	readonly warnings: string[];
}

/** visitPage visits a page as `browser.visit` is asked to. */
export async function visitPage(input: VisitInput, context: RunContext): Promise<VisitOutput> {
	if (context.browser === undefined) throw noBrowser();
	const { textOf, secrets } = fillTexts(input, context);
	const conceal = concealer(secrets);
	const visit = new PageVisit(input.session ?? 'main', context.browser, context);
	const html = await performVisit(input, visit, { context, textOf, conceal });
	const url = conceal(visit.sight?.url ?? input.url ?? '');
	const title = conceal(visit.sight?.title ?? '');
	const document = html === undefined ? undefined : documentOf(conceal(html), { url, title, signal: context.signal });
	const fields = visit.fields.size === 0 ? undefined : concealAll(Object.fromEntries(visit.fields), conceal);
	const { screenshots, downloads, artifacts, snapshot } = visit;
	return {
		...(document === undefined ? {} : { document }),
		text: renderVisit({ title, url, markdown: document?.markdown, fields, screenshots, downloads }),
		url,
		title,
		...(snapshot === undefined ? {} : { snapshot: conceal(snapshot).slice(0, MAX_SNAPSHOT).toWellFormed() }),
		...(fields === undefined ? {} : { fields }),
		artifacts,
		sources: [...visit.read].map(([address, name]) => ({
			title: conceal(name) || shortAddress(conceal(address)),
			url: conceal(address),
		})),
		warnings: warningsOf(visit, document),
	};
}

const MAX_SNAPSHOT = 200_000;
const MAX_REFUSALS = 20;
const ALMOST_EMPTY =
	'The page held almost no text when it was read; let the visit wait for what should be there (waitFor).';

function documentOf(html: string, page: { url: string; title: string; signal: AbortSignal }): Document {
	const parsed = readHtml({
		content: new TextEncoder().encode(html),
		contentType: 'text/html; charset=utf-8',
		name: page.title || shortAddress(page.url),
		url: page.url,
		signal: page.signal,
	});
	const warnings = parsed.warnings.map((warning) => (warning === NEEDS_BROWSER ? ALMOST_EMPTY : warning));
	return { ...parsed, url: page.url, warnings };
}

function warningsOf(visit: PageVisit, document: Document | undefined): string[] {
	const { status, missing, refused } = visit;
	return [
		...(status !== undefined && status >= 400 ? [`The site answered ${status} when the page was opened.`] : []),
		...missing.map((name) => `Nothing on the page matches the field "${name}".`),
		...(document?.warnings ?? []),
		...[...refused]
			.slice(0, MAX_REFUSALS)
			.map(([refusal, times]) => `A page was kept from reaching ${refusal}${times > 1 ? ` (${times} times)` : ''}.`),
		...(refused.size > MAX_REFUSALS ? [`${refused.size - MAX_REFUSALS} more addresses were refused to pages.`] : []),
	];
}

function concealAll(fields: Readonly<Record<string, Json>>, conceal: (text: string) => string): Record<string, Json> {
	return JSON.parse(
		JSON.stringify(fields, (_key, value: unknown) => (typeof value === 'string' ? conceal(value) : value)),
	);
}

function noBrowser(): CoreError {
	return new CoreError('not-possible', 'There is no browser on this machine.', {
		hint: 'Run "npm run setup-browser" on it, then start Errand again.',
	});
}
