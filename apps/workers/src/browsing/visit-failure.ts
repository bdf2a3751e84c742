import { CoreError, describeError, type ErrorCode, isCoreError } from '@errand/core/domain/errors.ts';
import type { PageVisit } from './page-visit.ts';
import type { VisitStep } from './visit-input.ts';
import { shortAddress } from './visit-words.ts';

/** FailedAction is an action that did not work: what it was, in words, and which of the steps that were asked for. */
export interface FailedAction {
	readonly words: string;
	readonly verb: VisitStep['do'];
	readonly number?: number;
	readonly total: number;
}

/**
 * visitFailure says which action failed, what the page showed then, and what to do. Once something was sent to a page, what
 * would be tried again becomes `unknown-outcome`: a second try might send it twice.
 */
export async function visitFailure(
	error: unknown,
	failed: FailedAction,
	visit: PageVisit,
	conceal: (text: string) => string,
): Promise<CoreError> {
	if (isCoreError(error) && PASSED_ON.has(error.code)) return error;
	const code = isCoreError(error) ? error.code : 'browser-failed';
	const isNoPage = NO_PAGE.has(code) || (failed.verb === 'open' && visit.status === undefined);
	const evidence = isNoPage ? undefined : await visit.evidence();
	const where = visit.sight === undefined || failed.number === undefined ? '' : ` on ${shortAddress(visit.sight.url)}`;
	const step = failed.number === undefined ? '' : `Step ${failed.number} of ${failed.total}: `;
	const message = [
		`${step}${sentence(failed.words)}${where} did not work: ${describeError(error)}`,
		...(evidence?.snapshot === undefined ? [] : [`The page showed:\n${excerpt(evidence.snapshot)}`]),
		...(evidence?.screenshot === undefined ? [] : [`Screenshot: /v1/artifacts/${evidence.screenshot.id}`]),
	].join('\n');
	const meant = meaningOf(code, failed, visit);
	const hint = meant === 'unknown-outcome' ? UNCERTAIN : isCoreError(error) ? conceal(error.hint) : HINT;
	return new CoreError(meant, conceal(message), { hint, cause: error });
}

/** What did not let itself be used in time will not do so the next time either. */
function meaningOf(code: ErrorCode, { verb }: FailedAction, { acted }: PageVisit): ErrorCode {
	if (acted && MAY_BE_RETRIED.has(code)) return 'unknown-outcome';
	return USES.has(verb) && code === 'timed-out' ? 'not-possible' : code;
}

const USES: ReadonlySet<VisitStep['do']> = new Set(['click', 'fill', 'select', 'press']);
const PASSED_ON: ReadonlySet<ErrorCode> = new Set(['cancelled', 'stale-outcome']);
/** There is no page left to look at, or none that came of this. */
const NO_PAGE: ReadonlySet<ErrorCode> = new Set(['browser-failed', 'address-refused']);
const MAY_BE_RETRIED: ReadonlySet<ErrorCode> = new Set([
	'fetch-failed',
	'timed-out',
	'rate-limited',
	'disk-full',
	'browser-failed',
]);
const MAX_LINES = 40;
const MAX_EXCERPT = 1_500;
const HINT = 'Look at what the page showed, and change the steps.';
const UNCERTAIN =
	'Something had been sent to the page by then. Look at the site: if it did not happen, retry the step; if it did, skip it.';

function excerpt(snapshot: string): string {
	const lines = snapshot.split('\n');
	const short = lines.slice(0, MAX_LINES).join('\n').slice(0, MAX_EXCERPT).toWellFormed();
	return short.length < snapshot.length ? `${short}\n…` : short;
}

function sentence(words: string): string {
	return words.charAt(0).toUpperCase() + words.slice(1);
}
