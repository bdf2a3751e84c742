import type { BrowserContext, Page } from 'playwright-core';
import type { ContextState } from '../protocol.ts';
import { EMPTY_STATE, readState, stateMark, writeState } from './context-state.ts';
import type { OpenedContext } from './launch-browser.ts';

/** NamedContext is one context of a task: what its pages share is kept apart from every other context. */
export class NamedContext {
	readonly #name: string;
	readonly #context: BrowserContext;
	#blank: Page | undefined;
	#mark: string;
	#reading: Promise<string | undefined> | undefined;

	private constructor(name: string, { context, page }: OpenedContext, mark: string) {
		this.#name = name;
		this.#context = context;
		this.#blank = page;
		this.#mark = mark;
	}

	/** Takes a fresh context into use, with what it is to remember. */
	static async begin(name: string, opened: OpenedContext, state: string | null): Promise<NamedContext> {
		if (state !== null) await writeState(opened.context, state);
		return new NamedContext(name, opened, stateMark(state ?? EMPTY_STATE));
	}

	async newPage(): Promise<Page> {
		const page = this.#blank;
		this.#blank = undefined;
		return page ?? (await this.#context.newPage());
	}

	/** What it remembers now; undefined if that is what was told last. */
	async changedState(): Promise<ContextState | undefined> {
		// Whoever asks while another answer is being found may have changed something since, so it asks again.
		await this.#reading?.catch(() => undefined);
		this.#reading ??= readState(this.#context).finally(() => {
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
