import type { ArtifactRef } from '@errand/core/domain/capability.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import type { BrowserAction } from '@errand/core/ports/browser.ts';
import type { Locator, Page } from 'playwright-core';
import { download, type NewFile } from './download.ts';
import type { RunPage } from './run-page.ts';

/** ActionKit is what actions work with besides the page. */
export interface ActionKit {
	/** The action must be done by then (ms since 1970). */
	readonly deadline: number;
	readonly signal: AbortSignal;
	/** Throws for an address that may not be opened. */
	readonly checkUrl: (url: string) => URL;
	/** Loading pages takes turns: more at once than the processor has room for only makes all of them slower. */
	readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
	readonly save: (file: NewFile) => Promise<ArtifactRef>;
}

/** ActionYield is what an action shows beyond where the page is. */
export interface ActionYield {
	readonly status?: number;
	readonly artifact?: ArtifactRef;
	readonly text?: string;
}

/** performAction does one action in the page of a run; it throws what Playwright throws, or CoreError. */
export async function performAction(run: RunPage, action: BrowserAction, kit: ActionKit): Promise<ActionYield> {
	const { page } = run;
	const limit = { timeout: timeLeft(kit) };
	switch (action.do) {
		case 'open':
			return await kit.inTurn(() => open(page, action, kit));
		case 'continue':
			throw new TypeError('To continue is to open the address that was left open.');
		case 'wait':
			await wait(page, action, limit.timeout);
			return {};
		case 'click':
			await click(run, seen(page, action.target), limit);
			return {};
		case 'fill':
			await seen(page, action.target).fill(action.text, limit);
			return {};
		case 'select':
			await page
				.locator(action.target)
				.first()
				.selectOption([...action.values], limit);
			return {};
		case 'press':
			if (action.target === undefined) await page.keyboard.press(action.key);
			else await seen(page, action.target).press(action.key, limit);
			return {};
		case 'scroll':
			await scroll(page, action, limit.timeout);
			return {};
		case 'screenshot':
			return { artifact: await kit.save(await screenshot(page, action.fullPage === true, kit)) };
		case 'snapshot':
			return { text: await snapshot(page, action.target, kit) };
		case 'content':
			return { text: await content(page, kit) };
		case 'download':
			return { artifact: await kit.save(await download(run, action, { ...kit, timeoutMs: limit.timeout })) };
	}
}

/** timeLeft until the deadline, in ms; 0 would mean for ever to Playwright. */
export function timeLeft({ deadline }: Pick<ActionKit, 'deadline'>): number {
	return Math.max(1, deadline - Date.now());
}

type ActionOf<Name extends BrowserAction['do']> = Extract<BrowserAction, { do: Name }>;

async function open(page: Page, { url, until }: ActionOf<'open'>, kit: ActionKit): Promise<ActionYield> {
	const { href } = kit.checkUrl(url);
	const response = await page.goto(href, { waitUntil: until ?? 'load', timeout: timeLeft(kit) });
	return response === null ? {} : { status: response.status() };
}

/** A click that closes its own window is done, though Playwright may not hear of its end. */
async function click(run: RunPage, target: Locator, limit: { readonly timeout: number }): Promise<void> {
	const { page } = run;
	try {
		await target.click(limit);
	} catch (error) {
		const wasClicking = error instanceof Error && CLICKING.test(error.message);
		if (!wasClicking || !page.isClosed() || !run.isAlive) throw error;
	}
}

async function wait(page: Page, { target, text, ms }: ActionOf<'wait'>, timeout: number): Promise<void> {
	const limit = { timeout };
	if (target !== undefined) await seen(page, target).waitFor(limit);
	if (text !== undefined) await page.getByText(text).filter({ visible: true }).first().waitFor(limit);
	if (ms !== undefined) await page.waitForTimeout(ms);
	if (target === undefined && text === undefined && ms === undefined) await page.waitForLoadState('load', limit);
}

async function scroll(page: Page, { target, byPx }: ActionOf<'scroll'>, timeout: number): Promise<void> {
	if (target !== undefined) await page.locator(target).first().scrollIntoViewIfNeeded({ timeout });
	const by = byPx ?? (target === undefined ? WHOLE_PAGE_PX : undefined);
	if (by !== undefined) await page.evaluate(`scrollBy(0, ${Number(by)})`);
}

/** A whole page is shown as JPEG and only so far down, because pages can be endless. */
async function screenshot(page: Page, fullPage: boolean, kit: ActionKit): Promise<NewFile> {
	await settled(page, kit);
	const timeout = timeLeft(kit);
	if (!fullPage) {
		return { name: 'screenshot.png', type: 'image/png', content: await page.screenshot({ type: 'png', timeout }) };
	}
	const [width, height] = await page.evaluate<[number, number]>(SIZE);
	const clip = { x: 0, y: 0, width: Math.min(width, MAX_WIDTH_PX), height: Math.min(height, MAX_HEIGHT_PX) };
	const isWhole = clip.width === width && clip.height === height;
	const content = await page.screenshot({
		type: 'jpeg',
		quality: 80,
		fullPage: true,
		timeout,
		...(!isWhole && { clip }),
	});
	return { name: 'screenshot.jpg', type: 'image/jpeg', content };
}

async function snapshot(page: Page, target: string | undefined, kit: ActionKit): Promise<string> {
	await settled(page, kit);
	const root = page.locator(target ?? 'html').first();
	const tree = await root.ariaSnapshot({ timeout: timeLeft(kit) });
	if (Buffer.byteLength(tree) <= MAX_SNAPSHOT_BYTES) return tree;
	const cut = Buffer.from(tree).subarray(0, MAX_SNAPSHOT_BYTES).toString('utf8');
	return `${cut.slice(0, cut.lastIndexOf('\n'))}\n# The rest was left out: the page is too large to show whole.`;
}

async function content(page: Page, kit: ActionKit): Promise<string> {
	await settled(page, kit);
	const html = await page.evaluate<string>(HTML);
	if (html !== '' && Buffer.byteLength(html) <= MAX_HTML_BYTES) return html;
	throw new CoreError('too-large', `The HTML of this page is larger than ${MAX_HTML_BYTES / 1_000_000} MB.`, {
		hint: 'Take a snapshot of the part that is needed instead.',
	});
}

/** A click may have led to another page, which is looked at once it is there. */
async function settled(page: Page, kit: ActionKit): Promise<void> {
	await page.waitForLoadState('domcontentloaded', { timeout: timeLeft(kit) });
}

/** The first visible element: pages hide doubles of their menus and forms. */
function seen(page: Page, target: string): Locator {
	return page.locator(target).filter({ visible: true }).first();
}

/** What Playwright logs once it has found the element and begins to press on it. */
const CLICKING = /performing click action/;
const MAX_HTML_BYTES = 5_000_000;
// What is evaluated in the page, as text: there is no page here to check it against.
const SIZE = '[document.documentElement.scrollWidth, document.documentElement.scrollHeight]';
const HTML = `((type, html) => html.length > ${MAX_HTML_BYTES} ? '' : (type ? new XMLSerializer().serializeToString(type) : '') + html)(
	document.doctype, document.documentElement.outerHTML)`;
const WHOLE_PAGE_PX = 10_000_000;
const MAX_SNAPSHOT_BYTES = 200_000;
const MAX_HEIGHT_PX = 10_000;
const MAX_WIDTH_PX = 4_000;
