import type { StepId } from '@errand/core/domain/ids.ts';
import type { BrowserRun } from '@errand/core/ports/browser.ts';
import { compareTokens } from '../fences.ts';
import type { ContextState } from '../protocol.ts';
import { browserFailed } from '../told-error.ts';
import type { LaunchedBrowser, OpenedContext } from './launch-browser.ts';
import { NamedContext } from './named-context.ts';
import { RefusalLog } from './refusal-log.ts';
import { RunPage } from './run-page.ts';

/** ReadyBrowser is a started browser with its first context. */
export interface ReadyBrowser {
	readonly launched: LaunchedBrowser;
	readonly first: OpenedContext;
}

/** TaskBrowser is the browser process of one task: named contexts, and in them a page for each run. */
export class TaskBrowser {
	readonly refusals = new RefusalLog();
	readonly #ready: Promise<ReadyBrowser>;
	readonly #newEpoch: () => string;
	readonly #contexts = new Map<string, Promise<NamedContext>>();
	readonly #runs = new Map<StepId, RunPages>();
	readonly #pages = new Set<RunPage>();
	#firstIsTaken = false;
	#closed = false;

	constructor(ready: Promise<ReadyBrowser>, newEpoch: () => string) {
		this.#ready = ready;
		this.#newEpoch = newEpoch;
	}

	hasContext(name: string): boolean {
		return this.#contexts.has(name);
	}

	/** The page a run has in a context, if any. */
	async pageOf(run: BrowserRun, context: string): Promise<RunPage | undefined> {
		const pages = this.#runs.get(run.stepId);
		return pages !== undefined && isSame(pages, run) ? await pages.byContext.get(context) : undefined;
	}

	/** Opens the page of a run in a context; of an older run of the step nothing stays. `state` is for a context that is not open. */
	async openPage(run: BrowserRun, context: string, state: string | null): Promise<RunPage> {
		const pages = this.#pagesOf(run);
		const opening = this.#open(context, state);
		pages.byContext.set(context, opening);
		try {
			const page = await opening;
			if (this.#runs.get(run.stepId) === pages && !this.#closed) return page;
			this.#pages.delete(page);
			await page.close();
			throw browserFailed('the run was ended before its page was open');
		} catch (error) {
			if (pages.byContext.get(context) === opening) pages.byContext.delete(context);
			throw error;
		}
	}

	/** Where the latest step before this one left its page in a context that is open. */
	async addressFor(step: StepId, context: string): Promise<string | undefined> {
		return (await this.#contexts.get(context))?.addressFor(step);
	}

	/** Whether another page than this one is known to have asked for something there. */
	isOthers(page: RunPage, place: string): boolean {
		return [...this.#pages].some((other) => other !== page && other.hasAsked(place));
	}

	/** Closes the pages of a run and says what its contexts remember, where that has changed. */
	async endRun(run: BrowserRun): Promise<ContextState[]> {
		const pages = this.#runs.get(run.stepId);
		if (pages === undefined || !isSame(pages, run)) return [];
		// Before its pages are closed: what stands in their storage is read quickest through them.
		const states = await Promise.allSettled(
			[...pages.byContext].map(([name, page]) => this.#changedState(name, run.stepId, page)),
		);
		await this.dropRun(run);
		return states.flatMap((state) => (state.status === 'fulfilled' && state.value ? [state.value] : []));
	}

	/** Closes the pages of a run. */
	async dropRun(run: BrowserRun): Promise<void> {
		const pages = this.#runs.get(run.stepId);
		if (pages === undefined || !isSame(pages, run)) return;
		this.#runs.delete(run.stepId);
		await this.#close(pages);
	}

	/** Closes what older runs of the step left open. */
	dropOlder(run: BrowserRun): void {
		const pages = this.#runs.get(run.stepId);
		if (pages === undefined || compareTokens(pages, run) >= 0) return;
		this.#runs.delete(run.stepId);
		void this.#close(pages);
	}

	/** Ends the browser process; what is under way in it fails. */
	async close(): Promise<void> {
		this.#closed = true;
		const ready = await this.#ready.catch(() => undefined);
		await ready?.launched.close();
	}

	#pagesOf(run: BrowserRun): RunPages {
		const known = this.#runs.get(run.stepId);
		if (known !== undefined && isSame(known, run)) return known;
		// It was admitted, but a newer run came in while it waited.
		if (known !== undefined && compareTokens(known, run) > 0) throw browserFailed('a newer run has acted');
		this.dropOlder(run);
		const pages: RunPages = { attempt: run.attempt, run: run.run, byContext: new Map() };
		this.#runs.set(run.stepId, pages);
		return pages;
	}

	async #open(name: string, state: string | null): Promise<RunPage> {
		const context = this.#contexts.get(name) ?? this.#begin(name, state);
		const named = await context;
		const runPage = new RunPage({
			epoch: this.#newEpoch(),
			page: await named.newPage(),
			refusals: this.refusals,
			downloadsDir: named.downloadsDir,
			countPages: () => named.countPages(),
		});
		this.#pages.add(runPage);
		return runPage;
	}

	#begin(name: string, state: string | null): Promise<NamedContext> {
		const isFirst = !this.#firstIsTaken;
		this.#firstIsTaken = true;
		const begin = async () => {
			const { launched, first } = await this.#ready;
			return await NamedContext.begin(name, isFirst ? first : await launched.openContext(), state);
		};
		const context = begin();
		this.#contexts.set(name, context);
		context.catch(() => this.#contexts.delete(name));
		return context;
	}

	async #changedState(name: string, step: StepId, page: Promise<RunPage>): Promise<ContextState | undefined> {
		const [context, tab] = await Promise.all([this.#contexts.get(name), page.then((opened) => opened.readTab())]);
		if (tab !== undefined) context?.keepTab(step, tab);
		return await context?.changedState();
	}

	async #close(pages: RunPages): Promise<void> {
		const opened = await Promise.allSettled(pages.byContext.values());
		for (const page of opened) {
			if (page.status !== 'fulfilled') continue;
			this.#pages.delete(page.value);
			await page.value.close();
		}
	}
}

/** The pages of the newest run of a step. */
interface RunPages {
	readonly attempt: number;
	readonly run: number;
	readonly byContext: Map<string, Promise<RunPage>>;
}

function isSame(pages: RunPages, run: BrowserRun): boolean {
	return compareTokens(pages, run) === 0;
}
