import type { ReadyBrowser } from './task-browser.ts';

/**
 * SpareBrowser keeps one started browser ready while there is work, so that the next task need not wait for its own; some
 * time after the last task's browser is gone, so is the spare.
 */
export class SpareBrowser {
	readonly #start: () => Promise<ReadyBrowser>;
	readonly #keepMs: number;
	#spare: Promise<ReadyBrowser | undefined> | undefined;
	#timer: NodeJS.Timeout | undefined;
	#stopped = false;

	constructor(start: () => Promise<ReadyBrowser>, keepMs: number) {
		this.#start = start;
		this.#keepMs = keepMs;
	}

	/** The spare if there is one that lives, else a browser started now. */
	async take(): Promise<ReadyBrowser> {
		const spare = this.#spare;
		this.#spare = undefined;
		const ready = await spare;
		return ready?.launched.browser.isConnected() === true ? ready : await this.#start();
	}

	/** There is work: have a spare from a moment from now on, when what has just begun is under way. */
	keep(): void {
		clearTimeout(this.#timer);
		if (this.#spare !== undefined || this.#stopped || this.#keepMs === 0) return;
		this.#timer = setTimeout(() => {
			if (!this.#stopped) this.#spare ??= this.#start().catch(() => undefined);
		}, SETTLE_MS);
	}

	/** There is no more work: let go of the spare if that stays so. */
	release(): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => void this.#drop(), this.#keepMs);
	}

	async stop(): Promise<void> {
		this.#stopped = true;
		clearTimeout(this.#timer);
		await this.#drop();
	}

	async #drop(): Promise<void> {
		const spare = this.#spare;
		this.#spare = undefined;
		await (await spare)?.launched.close();
	}
}

const SETTLE_MS = 250;
