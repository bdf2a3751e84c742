/** Bucket is how many calls of one kind are allowed in a time. */
interface Bucket {
	readonly limit: number;
	readonly perMs: number;
}

/** RateVerdict is what Discord says about a call in its headers, and whether it takes it. */
export interface RateVerdict {
	readonly allowed: boolean;
	readonly headers: Readonly<Record<string, string>>;
	readonly retryAfterS: number;
}

const BUCKETS: readonly (readonly [RegExp, Bucket])[] = [
	[/^POST \/channels\/\d+\/messages$/, { limit: 5, perMs: 5_000 }],
	[/^PATCH \/channels\/\d+\/messages\/\d+$/, { limit: 5, perMs: 5_000 }],
	[/^POST \/channels\/\d+\/messages\/\d+\/threads$/, { limit: 50, perMs: 60_000 }],
];
const OTHER: Bucket = { limit: 1_000, perMs: 1_000 };

/** RateLimits count calls as Discord does: by route, with the channel in it. */
export class RateLimits {
	readonly #counts = new Map<string, { used: number; resetAt: number }>();
	#scale: number;

	/** `scale` multiplies every limit, for tests that send a lot. */
	constructor(scale = 1) {
		this.#scale = scale;
	}

	setScale(scale: number): void {
		this.#scale = scale;
	}

	count(method: string, path: string): RateVerdict {
		const call = `${method} ${path}`;
		const [pattern, { limit, perMs }] = BUCKETS.find(([calls]) => calls.test(call)) ?? [/other/, OTHER];
		const most = limit * this.#scale;
		const [, , major = ''] = path.split('/');
		const key = `${pattern.source}:${major}`;
		const now = Date.now();
		const known = this.#counts.get(key);
		const count = known === undefined || known.resetAt <= now ? { used: 0, resetAt: now + perMs } : known;
		this.#counts.set(key, count);
		const allowed = count.used < most;
		if (allowed) count.used += 1;
		const retryAfterS = (count.resetAt - now) / 1_000;
		return {
			allowed,
			retryAfterS,
			headers: {
				'x-ratelimit-limit': String(most),
				'x-ratelimit-remaining': String(Math.max(0, most - count.used)),
				'x-ratelimit-reset': String(count.resetAt / 1_000),
				'x-ratelimit-reset-after': retryAfterS.toFixed(3),
				'x-ratelimit-bucket': Buffer.from(pattern.source).toString('hex').slice(0, 32),
			},
		};
	}
}
