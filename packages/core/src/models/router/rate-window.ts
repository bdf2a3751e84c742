/** RateEntry is one call that counts against a rate; only its window changes it. */
export interface RateEntry {
	readonly at: number;
	tokens: number;
	/** It counts no more. */
	gone: boolean;
}

/** Ahead are calls that wait and come first. */
export interface Ahead {
	readonly requests: number;
	readonly tokens: number;
}

/** RateWindow keeps requests and tokens of any span of a minute below a bound. */
export class RateWindow {
	readonly #requests: number;
	readonly #tokens: number;
	readonly #windowMs: number;
	/** Oldest first, from `#from` on. */
	#entries: RateEntry[] = [];
	#from = 0;
	/** The tokens of all entries from `#from` on. */
	#used = 0;

	constructor({
		requests,
		tokens,
		windowMs,
	}: { requests?: number | undefined; tokens?: number | undefined; windowMs: number }) {
		this.#requests = requests ?? Number.POSITIVE_INFINITY;
		this.#tokens = tokens ?? Number.POSITIVE_INFINITY;
		this.#windowMs = windowMs;
	}

	/**
	 * How long one call of so many tokens has to wait, with these ahead of it; 0 for not at all. One that is larger than the bound
	 * goes alone.
	 */
	waitMs(tokens: number, now: number, ahead: Ahead = NOBODY): number {
		if (!this.#isBound) return 0;
		this.#forget(now);
		let used = this.#used + ahead.tokens;
		let count = this.#entries.length - this.#from + ahead.requests;
		// Those ahead may fill whole windows by themselves.
		const windows = Math.max(Math.floor(ahead.requests / this.#requests), Math.floor(ahead.tokens / this.#tokens));
		let until = now;
		for (let at = this.#from; at < this.#entries.length; at += 1) {
			if (count < this.#requests && used + tokens <= this.#tokens) break;
			const entry = this.#entries[at];
			if (entry === undefined) break;
			until = entry.at + this.#windowMs;
			used -= entry.tokens;
			count -= 1;
		}
		return Math.max(0, until - now) + windows * this.#windowMs;
	}

	add(tokens: number, now: number): RateEntry {
		const entry = { at: now, tokens, gone: false };
		if (!this.#isBound) return entry;
		this.#entries.push(entry);
		this.#used += tokens;
		return entry;
	}

	/** Takes in what a call came to, if it still counts. */
	correct(entry: RateEntry, tokens: number): void {
		if (!this.#isBound || entry.gone) return;
		this.#used += tokens - entry.tokens;
		entry.tokens = tokens;
	}

	/** Forgets a call that was never made. */
	drop(entry: RateEntry): void {
		if (!this.#isBound || entry.gone) return;
		this.#used -= entry.tokens;
		entry.gone = true;
		// It is among the last ones.
		this.#entries.splice(this.#entries.lastIndexOf(entry), 1);
	}

	get #isBound(): boolean {
		return Number.isFinite(this.#requests) || Number.isFinite(this.#tokens);
	}

	#forget(now: number): void {
		for (let entry = this.#entries[this.#from]; entry !== undefined; entry = this.#entries[this.#from]) {
			if (entry.at + this.#windowMs > now) break;
			this.#used -= entry.tokens;
			entry.gone = true;
			this.#from += 1;
		}
		if (this.#from < 256 || this.#from * 2 < this.#entries.length) return;
		this.#entries = this.#entries.slice(this.#from);
		this.#from = 0;
	}
}

const NOBODY: Ahead = { requests: 0, tokens: 0 };
