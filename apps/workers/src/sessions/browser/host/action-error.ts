import { CoreError, type ErrorCode, isCoreError } from '@errand/core/domain/errors.ts';
import type { BrowserAction } from '@errand/core/ports/browser.ts';
import { browserFailed, firstLine } from '../told-error.ts';

/** ActionFailure is what is known about an action that threw. */
export interface ActionFailure {
	readonly action: BrowserAction;
	readonly error: unknown;
	readonly timeoutMs: number;
	/** How many elements the target names, where that could still be found out. */
	readonly found?: { readonly all: number; readonly visible: number } | undefined;
	/** What the guard or the network said about the address that was navigated to. */
	readonly refusal?: CoreError | undefined;
	/** The browser or its page is gone. */
	readonly gone: boolean;
}

/** actionError says in words for people what became of an action. */
export function actionError(failure: ActionFailure): CoreError {
	const { action, error, refusal, gone } = failure;
	if (refusal !== undefined) return refusal;
	if (isCoreError(error)) return error;
	if (gone) return browserFailed('it ended while it was at work', error);
	const what = describeAction(action);
	if (error instanceof Error && error.name === 'TimeoutError') return tookTooLong(failure, what);
	const said = firstLine(error).replace(/^\w+(?:\.\w+)*: /, '');
	const known = KNOWN.find(({ pattern }) => pattern.test(error instanceof Error ? error.message : said));
	if (known === undefined) return browserFailed(`it could not ${what}: ${said}`, error);
	return new CoreError(known.code, `Cannot ${what}: ${known.why ?? said}.`, { hint: known.hint, cause: error });
}

/** describeAction names an action as it stands behind "Cannot". */
export function describeAction(action: BrowserAction): string {
	switch (action.do) {
		case 'open':
			return `open ${shorten(action.url)}`;
		case 'continue':
			return 'go on with the page that was left open';
		case 'wait':
			return `wait for ${shorten(action.target ?? action.text ?? (action.ms === undefined ? 'the page' : `${action.ms} ms`))}`;
		case 'click':
		case 'fill':
			return `${action.do} ${shorten(action.target)}`;
		case 'select':
			return `select ${shorten(action.values.join(', '))} in ${shorten(action.target)}`;
		case 'press':
			return `press ${shorten(action.key)}`;
		case 'scroll':
			return action.target === undefined ? 'scroll' : `scroll to ${shorten(action.target)}`;
		case 'screenshot':
			return 'take a screenshot';
		case 'snapshot':
			return 'read the page';
		case 'content':
			return 'read the HTML of the page';
		case 'download':
			return `download ${shorten(action.target ?? action.url ?? 'a file')}`;
	}
}

function tookTooLong({ timeoutMs, found, error }: ActionFailure, what: string): CoreError {
	const time = timeoutMs < 1_000 ? `${Math.round(timeoutMs)} ms` : `${Math.round(timeoutMs / 100) / 10} s`;
	if (found?.all === 0) {
		return new CoreError('not-found', `Cannot ${what}: the page showed no such element within ${time}.`, {
			hint: 'Look at a snapshot of the page for what is there, and aim at that.',
			cause: error,
		});
	}
	const why = found?.visible === 0 ? ' The element is not visible.' : obstacleIn(error);
	return new CoreError('timed-out', `Cannot ${what}: it was not done within ${time}.${why}`, {
		hint: 'The site may be slow, or something covers the element: look at a screenshot, wait for what is needed first, or give it more time.',
		cause: error,
	});
}

/** What Playwright's call log names as being in the way. */
function obstacleIn(error: unknown): string {
	const log = error instanceof Error ? error.message : '';
	const found = OBSTACLES.find(([pattern]) => pattern.test(log));
	return found === undefined ? '' : ` The element ${found[1]}.`;
}

function shorten(text: string): string {
	return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

const OBSTACLES: readonly (readonly [RegExp, string])[] = [
	[/intercepts pointer events/, 'is covered by another one'],
	[/element is not enabled/, 'is disabled'],
	[/element is not editable/, 'cannot be edited'],
	[/element is not visible/, 'is not visible'],
	[/element is not stable/, 'keeps moving'],
	[/did not find some options/, 'has no such option'],
	[/outside of the viewport/, 'is outside of the page'],
];

const AIM = 'Targets are CSS, text=… or role=button[name="…"]; keys are named like Enter or Control+a.';
const RETRIES = 'Check the address and whether the site works; if it is down, try again later.';

interface Known {
	readonly pattern: RegExp;
	readonly code: ErrorCode;
	readonly why?: string;
	readonly hint: string;
}

const KNOWN: readonly Known[] = [
	{ pattern: /Unknown key: /, code: 'invalid-input', why: 'there is no such key', hint: AIM },
	{
		pattern:
			/is not a valid selector|Unknown engine|while parsing|Unexpected (?:token|end)|Invalid selector|Malformed/i,
		code: 'invalid-input',
		why: 'the target is not a selector',
		hint: AIM,
	},
	{
		pattern: /is not an? (?:<|HTML)|not of type|Cannot type text into|Input of type|Malformed value/i,
		code: 'invalid-input',
		why: 'that element does not take it',
		hint: 'Look at a snapshot of the page, and aim at a field or list that takes this.',
	},
	{ pattern: /ERR_NAME_NOT_RESOLVED/, code: 'fetch-failed', why: 'the name of the site was not found', hint: RETRIES },
	{ pattern: /ERR_CERT|ERR_SSL/, code: 'fetch-failed', why: 'no secure connection could be made', hint: RETRIES },
	{ pattern: /ERR_EMPTY_RESPONSE/, code: 'fetch-failed', why: 'the site answered nothing', hint: RETRIES },
	{ pattern: /ERR_CONNECTION|ERR_SOCKET/, code: 'fetch-failed', why: 'the connection broke off', hint: RETRIES },
	{ pattern: /ERR_TOO_MANY_REDIRECTS/, code: 'not-possible', why: 'it redirects in a circle', hint: RETRIES },
	{
		pattern: /ERR_UNSAFE_REDIRECT|ERR_UNKNOWN_URL_SCHEME|ERR_DISALLOWED_URL_SCHEME|ERR_UNSAFE_PORT|ERR_BLOCKED/,
		code: 'address-refused',
		why: 'it leads to an address that is not of the web',
		hint: 'Only http and https pages are opened.',
	},
	{
		pattern: /Download is starting/,
		code: 'not-possible',
		why: 'it is a file to download, not a page',
		hint: 'Download it instead.',
	},
	{ pattern: /net::ERR_|ERR_ABORTED/, code: 'fetch-failed', why: 'the page did not load', hint: RETRIES },
	{ pattern: /interrupted by another navigation/, code: 'fetch-failed', why: 'the page went elsewhere', hint: RETRIES },
];
