/** RateEntry is one call that counts against a rate; its tokens may be corrected once they are known. */
export interface RateEntry {
	readonly at: number;
	tokens: number;
}

/** RateWindow keeps requests and tokens of any span of a minute below a bound. */
export class RateWindow {
	readonly #requests: number;
	readonly #tokens: number;
	readonly #windowMs: number;
	/** Oldest first, from `#from` on. */
	#entries: RateEntry[] = [];
	#from = 0;

	constructor({
		requests,
		tokens,
		windowMs,
	}: { requests?: number | undefined; tokens?: number | undefined; windowMs: number }) {
		this.#requests = requests ?? Number.POSITIVE_INFINITY;
		this.#tokens = tokens ?? Number.POSITIVE_INFINITY;
		this.#windowMs = windowMs;
	}

	/** How long one call of so many tokens has to wait; 0 for not at all. One that is larger than the bound goes alone. */
	waitMs(tokens: number, now: number): number {
		if (!this.#isBound) return 0;
		this.#forget(now);
		let used = 0;
		for (let at = this.#from; at < this.#entries.length; at += 1) used += this.#entries[at]?.tokens ?? 0;
		let count = this.#entries.length - this.#from;
		let until = now;
		for (let at = this.#from; at < this.#entries.length; at += 1) {
			if (count < this.#requests && used + tokens <= this.#tokens) break;
			const entry = this.#entries[at];
			if (entry === undefined) break;
			until = entry.at + this.#windowMs;
			used -= entry.tokens;
			count -= 1;
		}
		return Math.max(0, until - now);
	}

	add(tokens: number, now: number): RateEntry {
		const entry = { at: now, tokens };
		if (this.#isBound) this.#entries.push(entry);
		return entry;
	}

	get #isBound(): boolean {
		return Number.isFinite(this.#requests) || Number.isFinite(this.#tokens);
	}

	#forget(now: number): void {
		while (this.#from < this.#entries.length && (this.#entries[this.#from]?.at ?? now) + this.#windowMs <= now) {
			this.#from += 1;
		}
		if (this.#from < 256 || this.#from * 2 < this.#entries.length) return;
		this.#entries = this.#entries.slice(this.#from);
		this.#from = 0;
	}
}
