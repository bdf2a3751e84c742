/** TokenBuckets limits how often each key may act: a full bucket is a burst, and it refills steadily. */
export class TokenBuckets {
	readonly #burst: number;
	readonly #perSecond: number;
	readonly #maxKeys: number;
	readonly #now: () => number;
	readonly #buckets = new Map<string, { tokens: number; at: number }>();

	constructor(options: { burst: number; perSecond: number; now: () => number; maxKeys?: number }) {
		this.#burst = options.burst;
		this.#perSecond = options.perSecond;
		this.#now = options.now;
		this.#maxKeys = options.maxKeys ?? 10_000;
	}

	/** Takes one token; returns 0 when there was one, else after how many ms there will be. */
	take(key: string): number {
		const bucket = this.#refilled(key);
		if (bucket.tokens >= 1) {
			bucket.tokens -= 1;
			return 0;
		}
		return this.#waitMs(bucket.tokens);
	}

	/** How many ms until there is a token; 0 when there is one. Takes none. */
	waitMs(key: string): number {
		if (!this.#buckets.has(key)) return 0;
		const { tokens } = this.#refilled(key);
		return tokens >= 1 ? 0 : this.#waitMs(tokens);
	}

	#waitMs(tokens: number): number {
		return Math.max(1, Math.ceil(((1 - tokens) / this.#perSecond) * 1_000));
	}

	#refilled(key: string): { tokens: number; at: number } {
		const now = this.#now();
		const bucket = this.#buckets.get(key);
		if (bucket) {
			const elapsed = Math.max(0, now - bucket.at);
			bucket.tokens = Math.min(this.#burst, bucket.tokens + (elapsed / 1_000) * this.#perSecond);
			bucket.at = now;
			return bucket;
		}
		const oldest = this.#buckets.keys().next();
		if (this.#buckets.size >= this.#maxKeys && !oldest.done) this.#buckets.delete(oldest.value);
		const fresh = { tokens: this.#burst, at: now };
		this.#buckets.set(key, fresh);
		return fresh;
	}
}
