import { TokenBuckets } from '@errand/core/orchestrator/commands/token-buckets.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import { RateLimited } from './problem.ts';

// The owner's own programs may go as fast as the server can; the bound is there for one that runs wild.
const CALLS_PER_SECOND: Readonly<Record<Principal['role'], number>> = { owner: 10_000, member: 500, guest: 50 };

// Streams and answers that are waited for stay open for as long as their reader likes, and each takes room.
const CALLS_AT_ONCE: Readonly<Record<Principal['role'], number>> = { owner: 10_000, member: 300, guest: 100 };

/** Gates keeps callers from asking too much: so many calls a second and at once a person, so many wrong credentials an address. */
export class Gates {
	readonly #underWay = new Map<Principal['person'], number>();
	readonly #calls: Readonly<Record<Principal['role'], TokenBuckets>>;
	readonly #failures: TokenBuckets;

	constructor(now: () => number, limits: { callsPerSecond?: number; failures?: number } = {}) {
		const bucketsOf = (role: Principal['role']) => {
			const perSecond = limits.callsPerSecond ?? CALLS_PER_SECOND[role];
			return new TokenBuckets({ burst: perSecond * 2, perSecond, now });
		};
		this.#calls = { owner: bucketsOf('owner'), member: bucketsOf('member'), guest: bucketsOf('guest') };
		this.#failures = new TokenBuckets({ burst: limits.failures ?? 20, perSecond: 0.2, now });
	}

	/** Counts one call of a person; throws `rate-limited`. */
	admit({ person, role }: Principal): void {
		const waitMs = this.#calls[role].take(person);
		if (waitMs > 0) throw new RateLimited(waitMs, 'Your requests');
	}

	/** Counts a call of a person as under way until the returned function is called; throws `rate-limited`. */
	begin({ person, role }: Principal): () => void {
		const count = this.#underWay.get(person) ?? 0;
		if (count >= CALLS_AT_ONCE[role])
			throw new RateLimited(1_000, `${count} of your requests`, 'are under way already');
		this.#underWay.set(person, count + 1);
		return () => {
			const left = (this.#underWay.get(person) ?? 1) - 1;
			if (left > 0) this.#underWay.set(person, left);
			else this.#underWay.delete(person);
		};
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
