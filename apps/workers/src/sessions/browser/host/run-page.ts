import type { BrowserContext, Dialog, Download, Page, Request } from 'playwright-core';
import { browserFailed } from '../told-error.ts';
import { placeOf, type RefusalLog } from './refusal-log.ts';
import { readTab, type TabState, webOrigin } from './tab-state.ts';
import { within } from './time-limit.ts';

/** RunPageParts are what the page of a run is made of. */
export interface RunPageParts {
	readonly epoch: string;
	readonly page: Page;
	readonly refusals: RefusalLog;
	readonly downloadsDir: string;
	/** Pages of its context, those included that are only being opened. */
	readonly countPages: () => Promise<number>;
}

/**
 * RunPage is the page of one run in one context. A pop-up that the run's own action opened takes its place until it
 * closes itself; any other is closed, as are dialogs and downloads that nobody asked for.
 */
export class RunPage {
	/** Names this page for good, so that a call meant for another one is noticed. */
	readonly epoch: string;
	readonly context: BrowserContext;
	readonly refusals: RefusalLog;
	/** Where the browser writes downloads while they last. */
	readonly downloadsDir: string;
	readonly #countPages: () => Promise<number>;
	readonly #pages: Page[] = [];
	readonly #asked = new Set<string>();
	/** Origins that each tab has been at. */
	readonly #visited = new WeakMap<Page, Set<string>>();
	#seenRefusals: number;
	#acting = 0;
	#wanted: ((download: Download) => void) | undefined;
	#navigation: string | undefined;
	#end: 'crashed' | 'closed' | undefined;

	constructor({ epoch, page, refusals, downloadsDir, countPages }: RunPageParts) {
		this.epoch = epoch;
		this.context = page.context();
		this.refusals = refusals;
		this.downloadsDir = downloadsDir;
		this.#countPages = countPages;
		this.#seenRefusals = refusals.end;
		this.#adopt(page);
	}

	/** The page to act on. Throws `browser-failed` if there is none any more. */
	get page(): Page {
		const page = this.#pages.at(-1);
		if (this.#end === 'crashed') throw browserFailed('the page crashed');
		if (page === undefined) throw browserFailed('the page was closed');
		return page;
	}

	get isAlive(): boolean {
		return this.#end === undefined && this.#pages.length > 0;
	}

	/** The address of the latest navigation, also of one that did not arrive. */
	get navigation(): string | undefined {
		return this.#navigation;
	}

	/** Runs an action of this page; pop-ups that open meanwhile are its own. */
	async acting<T>(work: () => Promise<T>): Promise<T> {
		this.#acting++;
		try {
			return await work();
		} finally {
			this.#acting--;
		}
	}

	/** Waits for a pop-up that is on its way, and for that to be where it is going. To be called while acting. */
	async awaitPopup(): Promise<void> {
		const count = await within(POPUP_TIMEOUT_MS, this.#countPages(), 0);
		if (count > this.context.pages().length) {
			await this.context.waitForEvent('page', { timeout: POPUP_TIMEOUT_MS }).catch(() => undefined);
		}
		const page = this.#pages.at(-1);
		if (this.#pages.length === 1 || page?.url() !== 'about:blank') return;
		await page
			.waitForURL((url) => url.href !== 'about:blank', { timeout: POPUP_TIMEOUT_MS, waitUntil: 'commit' })
			.catch(() => undefined);
	}

	/** The next download that starts; `work` is what makes it start. */
	async downloadDuring(work: (download: Promise<Download>) => Promise<void>): Promise<void> {
		const { promise, resolve } = Promise.withResolvers<Download>();
		this.#wanted = resolve;
		try {
			await work(promise);
		} finally {
			this.#wanted = undefined;
		}
	}

	/** What the guard refused to this page since it was asked last; a host that no page is known to have asked for counts too. */
	takeRefused(isOthers: (place: string) => boolean): string[] {
		// The first request of a pop-up was made before anybody listened.
		for (const page of this.#pages) this.#ask(page.url());
		const since = this.#seenRefusals;
		this.#seenRefusals = this.refusals.end;
		return this.refusals.refused(since, (place) => this.#asked.has(place) || !isOthers(place));
	}

	hasAsked(place: string): boolean {
		return this.#asked.has(place);
	}

	/** What is in the tab that was acted on, which is of no use any more after that; undefined if it does not say. */
	async readTab(): Promise<TabState | undefined> {
		const page = this.#pages.at(-1);
		if (page === undefined || this.#end !== undefined) return undefined;
		return await within(READ_TIMEOUT_MS, readTab(page, this.#visited.get(page) ?? []), undefined);
	}

	async close(): Promise<void> {
		this.#end ??= 'closed';
		await Promise.all(this.#pages.splice(0).map((page) => within(CLOSE_TIMEOUT_MS, page.close(), undefined)));
	}

	#adopt(page: Page): void {
		this.#pages.push(page);
		const visited = new Set<string>();
		this.#visited.set(page, visited);
		page.on('popup', (popup) => this.#popped(popup));
		page.on('dialog', (dialog) => void answer(dialog));
		page.on('download', (download) => this.#downloads(download));
		page.on('request', (request) => this.#hear(page, request));
		page.on('websocket', (socket) => this.#ask(socket.url()));
		page.on('framenavigated', (frame) => {
			const origin = frame === page.mainFrame() ? webOrigin(frame.url()) : undefined;
			if (origin !== undefined && visited.size < MAX_VISITED) visited.add(origin);
		});
		page.on('crash', () => {
			this.#end ??= 'crashed';
		});
		page.on('close', () => {
			const at = this.#pages.indexOf(page);
			if (at !== -1) this.#pages.splice(at, 1);
		});
	}

	#popped(popup: Page): void {
		if (this.#end !== undefined || this.#acting === 0 || this.#pages.length >= MAX_PAGES) {
			popup.close().catch(() => undefined);
			return;
		}
		this.#adopt(popup);
	}

	#downloads(download: Download): void {
		const wanted = this.#wanted;
		this.#wanted = undefined;
		if (wanted === undefined) void discard(download);
		else wanted(download);
	}

	#hear(page: Page, request: Request): void {
		this.#ask(request.url());
		if (!request.isNavigationRequest() || page !== this.#pages.at(-1)) return;
		// A page that has just opened has no frame to compare with yet.
		if (request.redirectedFrom() !== null || isOfMainFrame(page, request)) this.#navigation = request.url();
	}

	#ask(address: string): void {
		if (!URL.canParse(address) || this.#asked.size >= MAX_ASKED) return;
		this.#asked.add(placeOf(new URL(address)));
	}
}

/** discard stops a download and removes what there is of it. */
export async function discard(download: Download): Promise<void> {
	await download.cancel().catch(() => undefined);
	await download.delete().catch(() => undefined);
}

/** A page may not keep its reader from leaving; whatever else it asks is declined. */
async function answer(dialog: Dialog): Promise<void> {
	await (dialog.type() === 'beforeunload' ? dialog.accept() : dialog.dismiss()).catch(() => undefined);
}

function isOfMainFrame(page: Page, request: Request): boolean {
	try {
		return request.frame() === page.mainFrame();
	} catch {
		return true;
	}
}

const MAX_PAGES = 5;
const POPUP_TIMEOUT_MS = 1_000;
const CLOSE_TIMEOUT_MS = 3_000;
const MAX_ASKED = 2_000;
const MAX_VISITED = 50;
const READ_TIMEOUT_MS = 1_500;
