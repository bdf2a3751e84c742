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

	/** Takes tokens, one if not said otherwise; returns 0 when they were there, else after how many ms they will be. */
	take(key: string, count = 1): number {
		const bucket = this.#refilled(key);
		if (bucket.tokens >= count) {
			bucket.tokens -= count;
			return 0;
		}
		return this.#waitMs(bucket.tokens, count);
	}

	/** How many ms until there is a token; 0 when there is one. Takes none. */
	waitMs(key: string): number {
		if (!this.#buckets.has(key)) return 0;
		const { tokens } = this.#refilled(key);
		return tokens >= 1 ? 0 : this.#waitMs(tokens);
	}

	#waitMs(tokens: number, count = 1): number {
		return Math.max(1, Math.ceil(((count - tokens) / this.#perSecond) * 1_000));
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
