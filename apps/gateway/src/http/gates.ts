import type { Principal } from '@errand/core/orchestrator/desk.ts';
import { TokenBuckets } from '../auth/token-buckets.ts';
import { RateLimited } from './problem.ts';

/** Gates keeps callers from asking too much: so many calls a second a person, so many wrong credentials an address. */
export class Gates {
	readonly #calls: TokenBuckets;
	readonly #failures: TokenBuckets;

	constructor(now: () => number, limits: { callsPerSecond?: number; failures?: number } = {}) {
		const callsPerSecond = limits.callsPerSecond ?? 2_000;
		this.#calls = new TokenBuckets({ burst: callsPerSecond * 2, perSecond: callsPerSecond, now });
		this.#failures = new TokenBuckets({ burst: limits.failures ?? 20, perSecond: 0.2, now });
	}

	/** Counts one call of a person; throws `rate-limited`. */
	admit(principal: Principal): void {
		const waitMs = this.#calls.take(principal.person);
		if (waitMs > 0) throw new RateLimited(waitMs, 'Your requests');
	}

	/** Throws `rate-limited` while an address has shown too many wrong tokens or codes. */
	hear(address: string): void {
		const waitMs = this.#failures.waitMs(address);
		if (waitMs > 0) throw new RateLimited(waitMs, 'Wrong tokens or codes from your address');
	}

	/** Counts one wrong token or code; throws `rate-limited` once there were too many. */
	failed(address: string): void {
		const waitMs = this.#failures.take(address);
		if (waitMs > 0) throw new RateLimited(waitMs, 'Wrong tokens or codes from your address');
	}
}
