import { CoreError } from '../../domain/errors.ts';

const PER_HOUR = 5;
const HOUR_MS = 3_600_000;
const MAX_IDENTITIES = 10_000;

/** WrongCodes counts the wrong codes that each account tried in the last hour; in memory, because guessing leaves no facts. */
export class WrongCodes {
	readonly #now: () => number;
	readonly #tries = new Map<string, readonly number[]>();

	constructor(now: () => number) {
		this.#now = now;
	}

	/** Counts a try before its outcome is known, so that many at once are no way around; throws `rate-limited` after too many. */
	count(identity: string): void {
		const now = this.#now();
		const tries = (this.#tries.get(identity) ?? []).filter((at) => at > now - HOUR_MS);
		const [first] = tries;
		if (tries.length >= PER_HOUR && first !== undefined) {
			const minutes = Math.ceil((first + HOUR_MS - now) / 60_000);
			throw new CoreError('rate-limited', 'Too many wrong codes came from this account.', {
				hint: `Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
			});
		}
		this.#tries.delete(identity);
		const oldest = this.#tries.keys().next();
		if (this.#tries.size >= MAX_IDENTITIES && !oldest.done) this.#tries.delete(oldest.value);
		this.#tries.set(identity, [...tries, now]);
	}

	/** Takes the last try back: the code was right, or was no guess. */
	takeBack(identity: string): void {
		const tries = this.#tries.get(identity)?.slice(0, -1) ?? [];
		if (tries.length === 0) this.#tries.delete(identity);
		else this.#tries.set(identity, tries);
	}
}
