import { createHmac, timingSafeEqual } from 'node:crypto';
import { asPersonId, type PersonId } from '@errand/core/domain/ids.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { IShortMemory } from '@errand/core/ports/short-memory.ts';
import { z } from 'zod';
import { type ILoginCodes, type IssuedTo, LoginOrigin } from './logins.ts';
import { newSecret } from './secret-text.ts';

const LIFETIME_MS = 10 * 60_000;
/** Whom, as what, until when, what tells it from any other, and what it was given to; short, because people get it as part of a text. */
const Claim = z.tuple([
	z.string().transform(asPersonId),
	z.enum(['owner', 'member', 'guest']),
	z.number(),
	z.string().regex(/^[\w-]{16}$/),
	LoginOrigin.shape.from.default('server'),
	LoginOrigin.shape.token,
]);

/**
 * SignedCodes are codes that any gateway of a cluster can redeem: they say whom they log in, signed with a key that all of
 * them have. That one was used is remembered for as long as it would be good.
 */
export class SignedCodes implements ILoginCodes {
	readonly #key: Buffer;
	readonly #used: IShortMemory;
	readonly #clock: IClock;

	constructor(key: Buffer, used: IShortMemory, clock: IClock) {
		this.#key = key;
		this.#used = used;
		this.#clock = clock;
	}

	issue({ person, role }: Principal, { from, token }: LoginOrigin): { code: string; expiresAt: number } {
		const expiresAt = this.#clock.now() + LIFETIME_MS;
		const parts: z.input<typeof Claim> = [person, role, expiresAt, newSecret().slice(0, 16), from];
		if (token !== undefined) parts.push(token);
		const claim = Buffer.from(JSON.stringify(parts)).toString('base64url');
		return { code: `${claim}.${this.#mac(claim).toString('base64url')}`, expiresAt };
	}

	async redeem(code: string): Promise<IssuedTo | undefined> {
		const claim = this.#read(code);
		if (claim === undefined) return undefined;
		const [person, role, expiresAt, nonce, from, token] = claim;
		const leftMs = expiresAt - this.#clock.now();
		if (leftMs <= 0) return undefined;
		// Gateways' clocks may differ a little.
		if (!(await this.#used.claim(`login-code/${nonce}`, leftMs + LIFETIME_MS))) return undefined;
		const voided = Number((await this.#used.get(voidName(person))) ?? Number.NEGATIVE_INFINITY);
		if (expiresAt - LIFETIME_MS <= voided) return undefined;
		return { principal: { person, role }, origin: { from, ...(token === undefined ? {} : { token }) } };
	}

	async voidAllOf(person: PersonId): Promise<void> {
		await this.#used.put(voidName(person), String(this.#clock.now()), 2 * LIFETIME_MS);
	}

	#read(code: string): z.output<typeof Claim> | undefined {
		const [claim = '', mac = '', ...more] = code.slice(0, 1_000).split('.');
		const shown = Buffer.from(mac, 'base64url');
		const expected = this.#mac(claim);
		if (more.length > 0 || shown.length !== expected.length || !timingSafeEqual(shown, expected)) return undefined;
		return Claim.safeParse(JSON.parse(Buffer.from(claim, 'base64url').toString('utf8'))).data;
	}

	#mac(claim: string): Buffer {
		return createHmac('sha256', this.#key).update(claim).digest();
	}
}

/** Where it is remembered when somebody's codes were voided. */
function voidName(person: PersonId): string {
	return `login-codes-void/${person}`;
}
