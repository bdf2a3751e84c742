import { CoreError, isCoreError } from '@errand/core/domain/errors.ts';
import type { BrowserAction, BrowserSight } from '@errand/core/ports/browser.ts';
import type { Page } from 'playwright-core';
import { actionError } from './action-error.ts';
import { type ActionKit, type ActionYield, performAction } from './actions.ts';
import type { RunPage } from './run-page.ts';
import { within } from './time-limit.ts';

/** actOnPage does an action and says what there is to see then. Throws CoreError. */
export async function actOnPage(
	run: RunPage,
	action: BrowserAction,
	kit: ActionKit & { readonly timeoutMs: number; readonly isOthers: (place: string) => boolean },
): Promise<BrowserSight> {
	const mark = run.refusals.end;
	try {
		const { title, ...yielded } = await run.acting(async () => {
			// What only looks changes no title, so the two are asked for together.
			const looked = LOOKS.has(action.do) ? titleOf(run) : undefined;
			const yielded = await performAction(run, action, kit);
			return { ...yielded, title: await (looked ?? (INPUTS.has(action.do) ? titleAfterInput(run) : titleOf(run))) };
		});
		if (yielded.status !== undefined) throwIfAnsweredByGuard(run, yielded.status, mark);
		return await sightOf(run, title, yielded, kit.isOthers);
	} catch (error) {
		const refusal = refusalBehind(run, action, error, mark);
		const found = run.isAlive && isTimeout(error) ? await elementsOf(run.page, action) : undefined;
		throw actionError({ action, error, timeoutMs: kit.timeoutMs, found, refusal, gone: !run.isAlive });
	}
}

/** What the guard or the network said about the address that an action went to. */
function refusalBehind(run: RunPage, action: BrowserAction, error: unknown, since: number): CoreError | undefined {
	if (action.do === 'open') return run.refusals.about(run.navigation ?? action.url, since);
	// A redirect of a download is not seen on its way, only how it ended.
	const isDownload = action.do === 'download' && isCoreError(error, 'fetch-failed');
	return isDownload && BY_PROXY.test(error.message) ? run.refusals.latest(since) : undefined;
}

/** A plain http page that the guard refused arrives as its answer. */
function throwIfAnsweredByGuard(run: RunPage, status: number, mark: number): void {
	if (status !== 403 && status !== 502) return;
	const refusal = run.refusals.about(run.page.url(), mark);
	if (refusal !== undefined) throw refusal;
}

async function sightOf(
	run: RunPage,
	title: string,
	yielded: ActionYield,
	isOthers: (place: string) => boolean,
): Promise<BrowserSight> {
	const address = run.page.url();
	// A page that did not load stands at an address of the browser's own.
	const url = address.startsWith('chrome-error:') ? (run.navigation ?? 'about:blank') : address;
	if (!OF_THE_WEB.test(url)) {
		await run.page.goto('about:blank').catch(() => undefined);
		throw leftTheWeb(url);
	}
	const refused = run.takeRefused(isOthers);
	return { url, title, ...yielded, ...(refused.length > 0 && { refused }) };
}

/** A page that was just closed by what was done in it has none; that it was done holds all the same. */
function titleOf({ page }: RunPage): Promise<string> {
	const title = page.title().catch((error: unknown) => {
		if (page.isClosed()) return '';
		throw error;
	});
	return within(TITLE_TIMEOUT_MS, title, '');
}

/** What was clicked or pressed may have opened a pop-up, which then is the page to look at. */
async function titleAfterInput(run: RunPage): Promise<string> {
	const { page } = run;
	const [title] = await Promise.all([titleOf(run), run.awaitPopup()]);
	return run.isAlive && run.page !== page ? await titleOf(run) : title;
}

async function elementsOf(page: Page, action: BrowserAction): Promise<{ all: number; visible: number } | undefined> {
	const target = 'target' in action ? action.target : undefined;
	const text = action.do === 'wait' ? action.text : undefined;
	const locator = target !== undefined ? page.locator(target) : text !== undefined ? page.getByText(text) : undefined;
	if (locator === undefined) return undefined;
	const count = async () => ({ all: await locator.count(), visible: await locator.filter({ visible: true }).count() });
	return await within(COUNT_TIMEOUT_MS, count(), undefined);
}

function isTimeout(error: unknown): boolean {
	return error instanceof Error && error.name === 'TimeoutError';
}

function leftTheWeb(url: string): CoreError {
	return new CoreError('address-refused', `The page led to ${url.slice(0, 100)}, which is not an address of the web.`, {
		hint: 'Only http and https pages are shown.',
	});
}

const BY_PROXY = /status (?:403|502)|TUNNEL|: (?:Failed|ConnectionFailed|AccessDenied)/;
const OF_THE_WEB = /^(?:https?:|about:|blob:https?:)/;
const LOOKS: ReadonlySet<string> = new Set(['snapshot', 'content', 'screenshot']);
const INPUTS: ReadonlySet<string> = new Set(['click', 'press']);
const TITLE_TIMEOUT_MS = 1_000;
const COUNT_TIMEOUT_MS = 500;
