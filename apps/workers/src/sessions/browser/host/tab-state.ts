import type { Page } from 'playwright-core';

/** TabStorage is what one origin keeps in a tab (`sessionStorage`). */
export interface TabStorage {
	readonly origin: string;
	readonly items: Readonly<Record<string, string>>;
}

/** TabState is where a tab stands, if that is an address of the web, and what the origins it was at keep in it. */
export interface TabState {
	readonly address: string | undefined;
	readonly storages: readonly TabStorage[];
}

/**
 * readTab says what is in a tab that is about to be closed. A tab tells only what the origin keeps that it is at, so it is
 * taken once more to the others it has been at, to an empty page that stands in for theirs.
 */
export async function readTab(page: Page, visited: Iterable<string>): Promise<TabState> {
	const address = webAddress(page.url());
	const here = address && new URL(address).origin;
	const storages: TabStorage[] = [];
	if (here !== undefined) storages.push({ origin: here, items: await itemsOf(page) });
	const others = [...visited].filter((origin) => origin !== here && !isServed(page, origin)).slice(-MAX_TAB_ORIGINS);
	if (others.length > 0) await page.route('**/*', (route) => route.fulfill({ contentType: 'text/html', body: '' }));
	for (const origin of others) {
		await page.goto(origin, { waitUntil: 'commit', timeout: GOTO_TIMEOUT_MS });
		storages.push({ origin, items: await itemsOf(page) });
	}
	return { address, storages };
}

/**
 * fillTab puts back what origins kept, before any script of theirs runs; each once, so that what a page takes out later
 * stays out.
 */
export async function fillTab(page: Page, storages: readonly TabStorage[]): Promise<void> {
	if (storages.length === 0) return;
	const waiting = new Map(storages.map(({ origin, items }) => [origin, items]));
	const add = () => page.addInitScript({ content: `(${FILL})(${JSON.stringify(Object.fromEntries(waiting))})` });
	let added = await add();
	let replacing: Promise<unknown> = Promise.resolve();
	page.on('framenavigated', (frame) => {
		const origin = frame === page.mainFrame() ? webOrigin(frame.url()) : undefined;
		if (origin === undefined || !waiting.delete(origin)) return;
		const replace = async () => {
			await added.dispose();
			if (waiting.size > 0) added = await add();
		};
		// The page may be closed by now.
		replacing = replacing.then(replace).catch(() => undefined);
	});
}

/** webOrigin is the origin of an http or https address. */
export function webOrigin(address: string): string | undefined {
	const web = webAddress(address);
	return web && new URL(web).origin;
}

/** MAX_TAB_ORIGINS is of how many origins a tab's storage is kept. */
export const MAX_TAB_ORIGINS = 10;

function webAddress(address: string): string | undefined {
	return /^https?:/.test(address) && URL.canParse(address) && address.length <= MAX_ADDRESS ? address : undefined;
}

/** A service worker of the origin would answer in place of the empty page. */
function isServed(page: Page, origin: string): boolean {
	return page
		.context()
		.serviceWorkers()
		.some((worker) => webOrigin(worker.url()) === origin);
}

async function itemsOf(page: Page): Promise<Record<string, string>> {
	const text = await page.evaluate<string>(READ);
	return text.length > MAX_ITEMS_LENGTH ? {} : JSON.parse(text);
}

// What is evaluated in the page, as text: there is no page here to check it against. Storage is forbidden to sandboxed pages.
const READ = `(() => { try { return JSON.stringify({ ...sessionStorage }); } catch { return '{}'; } })()`;
const FILL = `(kept) => {
	if (top !== self || !Object.hasOwn(kept, location.origin)) return;
	try {
		if (sessionStorage.length > 0) return;
		for (const [name, value] of Object.entries(kept[location.origin])) sessionStorage.setItem(name, value);
	} catch {}
}`;
const MAX_ADDRESS = 8_000;
const MAX_ITEMS_LENGTH = 200_000;
const GOTO_TIMEOUT_MS = 1_000;
