import { CoreError, type ErrorCode } from '@errand/core/domain/errors.ts';
import type { RunContext } from '@errand/core/ports/capability.ts';
import type { PageVisit } from './page-visit.ts';
import { type FailedAction, visitFailure } from './visit-failure.ts';
import type { VisitInput, VisitStep } from './visit-input.ts';
import { openingWords, shortAddress, stepWords, waitWords } from './visit-words.ts';

/** VisitNeeds is what carrying out a visit takes besides the page. */
export interface VisitNeeds {
	readonly context: Pick<RunContext, 'progress' | 'signal'>;
	/** The text of a fill, wherever it comes from. */
	readonly textOf: (fill: Extract<VisitStep, { do: 'fill' }>) => string;
	readonly conceal: (text: string) => string;
}

interface VisitAction extends Omit<FailedAction, 'total'> {
	readonly run: () => Promise<unknown>;
}

/** performVisit carries a visit out: opens, waits, does the steps, and takes at the end what was asked for. Resolves with the page's HTML where its content is wanted. */
export async function performVisit(
	input: VisitInput,
	visit: PageVisit,
	needs: VisitNeeds,
): Promise<string | undefined> {
	const { context, conceal } = needs;
	let html: string | undefined;
	const actions: VisitAction[] = [
		...opening(input, visit),
		...(input.steps ?? []).map((step, index) => ({
			words: stepWords(step),
			verb: step.do,
			number: index + 1,
			run: () => runStep(step, visit, needs),
		})),
		...ending(input, visit, (content) => {
			html = content;
		}),
	];
	for (const [index, action] of actions.entries()) {
		context.signal.throwIfAborted();
		context.progress({
			percent: Math.round((100 * index) / actions.length),
			text: `${sentence(conceal(action.words))}…`,
		});
		try {
			await action.run();
		} catch (error) {
			context.signal.throwIfAborted();
			const failed = { ...action, total: input.steps?.length ?? 0 };
			throw await visitFailure(error, failed, visit, conceal);
		}
	}
	return html;
}

function opening({ url, waitFor, steps }: VisitInput, visit: PageVisit): VisitAction[] {
	const isScripted = waitFor !== undefined || steps !== undefined;
	const open = async () => {
		const { status, url: at } = await visit.act(url === undefined ? { do: 'continue' } : { do: 'open', url });
		if (!isScripted && status !== undefined && status >= 400) throw answered(url ?? at, status);
	};
	const actions: VisitAction[] = [{ words: openingWords(url), verb: 'open', run: open }];
	if (waitFor !== undefined) {
		actions.push({ words: waitWords(waitFor), verb: 'wait', run: () => visit.act({ do: 'wait', ...waitFor }) });
	}
	return actions;
}

function ending(input: VisitInput, visit: PageVisit, keepHtml: (html: string) => void): VisitAction[] {
	const { download, snapshot = false, screenshot = false, extract = 'document' } = input;
	const actions: VisitAction[] = [];
	const add = (step: VisitStep, run: VisitAction['run']) =>
		actions.push({ words: stepWords(step), verb: step.do, run });
	const addAction = (step: Extract<VisitStep, { do: 'download' | 'snapshot' | 'screenshot' }>) =>
		add(step, () => visit.act(step));
	if (download !== undefined) addAction({ do: 'download', ...download });
	if (extract === 'document') {
		actions.push({ words: 'reading the page', verb: 'extract', run: async () => keepHtml(await visit.content()) });
	} else add({ do: 'extract', fields: extract }, () => visit.extract(extract));
	// A page that was given time to fill up is what should be seen.
	if (snapshot) addAction({ do: 'snapshot' });
	if (screenshot !== false) addAction({ do: 'screenshot', fullPage: screenshot === 'full' });
	return actions;
}

async function runStep(step: VisitStep, visit: PageVisit, needs: VisitNeeds): Promise<unknown> {
	switch (step.do) {
		case 'fill':
			return await visit.act({ do: 'fill', target: step.target, text: needs.textOf(step) });
		case 'select':
			return await visit.act({ ...step, values: typeof step.values === 'string' ? [step.values] : step.values });
		case 'scroll':
			return await visit.scroll({ do: 'scroll', target: step.target, byPx: step.byPx }, step.times ?? 1);
		case 'extract':
			return await visit.extract(step.fields);
		default:
			return await visit.act(step);
	}
}

/** A page that is only looked at is of no use if it is an error; one that is worked on may begin with one, such as a login. */
function answered(url: string, status: number): CoreError {
	const { code, hint } = REFUSALS.find(({ statuses }) => statuses(status)) ?? OTHER;
	return new CoreError(code, `the site answered ${status} for ${shortAddress(url)}.`, { hint });
}

interface Refusal {
	readonly code: ErrorCode;
	readonly hint: string;
	readonly statuses: (status: number) => boolean;
}

const REFUSALS: readonly Refusal[] = [
	{
		code: 'not-found',
		hint: 'Check the address; the page may have moved.',
		statuses: (status) => status === 404 || status === 410,
	},
	{
		code: 'forbidden',
		hint: 'Log in with steps in an earlier visit of the same session, or open the page in your own browser.',
		statuses: (status) => [401, 402, 403, 451].includes(status),
	},
	{
		code: 'fetch-failed',
		hint: 'If it stays so, the site is down: try again later, or give another address.',
		statuses: (status) => status >= 500 || [408, 425, 429].includes(status),
	},
];
const OTHER: Omit<Refusal, 'statuses'> = { code: 'not-possible', hint: 'Check the address in a browser.' };

function sentence(words: string): string {
	return words.charAt(0).toUpperCase() + words.slice(1);
}
