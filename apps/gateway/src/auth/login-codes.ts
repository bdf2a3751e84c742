import type { PersonId } from '@errand/core/domain/ids.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILoginCodes, IssuedTo, LoginOrigin } from './logins.ts';
import { digestOf, newSecret } from './secret-text.ts';

const LIFETIME_MS = 10 * 60_000;
const MAX_OPEN = 1_000;
/** Codes of one person; one more voids their oldest, and nobody else's. */
const MAX_OF_PERSON = 20;

/** LoginCodes keeps codes in memory: a restart voids them. */
export class LoginCodes implements ILoginCodes {
	readonly #clock: IClock;
	readonly #open = new Map<string, IssuedTo & { expiresAt: number }>();

	constructor(clock: IClock) {
		this.#clock = clock;
	}

	issue(principal: Principal, origin: LoginOrigin): { code: string; expiresAt: number } {
		this.#dropExpired();
		const theirs = [...this.#open].filter(([, open]) => open.principal.person === principal.person);
		const [oldest] = theirs.length >= MAX_OF_PERSON ? theirs : this.#open.size >= MAX_OPEN ? this.#open : [];
		if (oldest !== undefined) this.#open.delete(oldest[0]);
		const code = newSecret();
		const expiresAt = this.#clock.now() + LIFETIME_MS;
		this.#open.set(digestOf(code), { principal, origin, expiresAt });
		return { code, expiresAt };
	}

	async redeem(code: string): Promise<IssuedTo | undefined> {
		this.#dropExpired();
		const digest = digestOf(code);
		const found = this.#open.get(digest);
		this.#open.delete(digest);
		return found && { principal: found.principal, origin: found.origin };
	}

	async voidAllOf(person: PersonId): Promise<void> {
		for (const [digest, { principal }] of this.#open) if (principal.person === person) this.#open.delete(digest);
	}

	#dropExpired(): void {
		const now = this.#clock.now();
		for (const [digest, { expiresAt }] of this.#open) if (expiresAt <= now) this.#open.delete(digest);
	}
}
