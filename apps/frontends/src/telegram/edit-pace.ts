import type { IClock } from '@errand/core/ports/clock.ts';

type Edit = () => Promise<void>;

/** EditPace keeps edits of one message apart: what comes too soon waits, and only the latest of that is made. */
export class EditPace {
	readonly #clock: IClock;
	readonly #gapMs: number;
	readonly #latest = new Map<string, Edit | undefined>();

	constructor(clock: IClock, gapMs: number) {
		this.#clock = clock;
		this.#gapMs = gapMs;
	}

	/** Resolves at once for an edit that waits; nobody hears whether that one works. */
	async edit(message: string, edit: Edit): Promise<void> {
		if (this.#latest.has(message)) {
			this.#latest.set(message, edit);
			return;
		}
		this.#rest(message);
		await edit();
	}

	/** What waits for a message is out of date. */
	forget(message: string): void {
		if (this.#latest.has(message)) this.#latest.set(message, undefined);
	}

	#rest(message: string): void {
		this.#latest.set(message, undefined);
		this.#clock.after(this.#gapMs, () => {
			const edit = this.#latest.get(message);
			this.#latest.delete(message);
			if (edit !== undefined) this.edit(message, edit).catch(() => {});
		});
	}
}
