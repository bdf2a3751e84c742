import type { StepId } from '@errand/core/domain/ids.ts';
import type { Page } from 'playwright-core';
import type { ContextState } from '../protocol.ts';
import { EMPTY_STATE, readState, stateMark, writeState } from './context-state.ts';
import { KeptTabs } from './kept-tabs.ts';
import type { OpenedContext } from './launch-browser.ts';
import { fillTab, type TabState } from './tab-state.ts';
import { within } from './time-limit.ts';

/** NamedContext is one context of a task: what its pages share is kept apart from every other context. */
export class NamedContext {
	readonly #name: string;
	readonly #opened: OpenedContext;
	readonly #tabs: KeptTabs;
	#blank: Page | undefined;
	#mark: string;
	#reading: Promise<string | undefined> | undefined;

	private constructor(name: string, opened: OpenedContext, { tabs, mark }: { tabs: KeptTabs; mark: string }) {
		this.#name = name;
		this.#opened = opened;
		this.#tabs = tabs;
		this.#blank = opened.page;
		this.#mark = mark;
	}

	/** Takes a fresh context into use, with what it is to remember. */
	static async begin(name: string, opened: OpenedContext, state: string | null): Promise<NamedContext> {
		const tabs = state === null ? new KeptTabs() : await writeState(opened.context, state);
		return new NamedContext(name, opened, { tabs, mark: stateMark(state ?? EMPTY_STATE) });
	}

	get downloadsDir(): string {
		return this.#opened.downloadsDir;
	}

	countPages(): Promise<number> {
		return this.#opened.countPages();
	}

	/** A tab in which sites find what they kept in the tabs before it. */
	async newPage(): Promise<Page> {
		const blank = this.#blank;
		this.#blank = undefined;
		const page = blank ?? (await this.#opened.newPage());
		await fillTab(page, this.#tabs.storages);
		return page;
	}

	/** Where a step without an address of its own begins. */
	addressFor(step: StepId): string | undefined {
		return this.#tabs.addressFor(step);
	}

	/** Keeps what is to stay of a step's tab. */
	keepTab(step: StepId, tab: TabState): void {
		this.#tabs.keep(step, tab);
	}

	/** What it remembers now; undefined if that is what was told last. */
	async changedState(): Promise<ContextState | undefined> {
		// Whoever asks while another answer is being found may have changed something since, so it asks again.
		await this.#reading?.catch(() => undefined);
		this.#reading ??= within(READ_TIMEOUT_MS, readState(this.#opened.context, this.#tabs), undefined).finally(() => {
			this.#reading = undefined;
		});
		const state = await this.#reading;
		if (state === undefined) return undefined;
		const mark = stateMark(state);
		if (mark === this.#mark) return undefined;
		this.#mark = mark;
		return { context: this.#name, state };
	}
}

/** A page that is stuck in its own script does not say what it stored. */
const READ_TIMEOUT_MS = 5_000;
