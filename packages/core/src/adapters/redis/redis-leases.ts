import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { describeError } from '../../domain/errors.ts';
import type { ILeases, Lease } from '../../ports/lease.ts';
import type { ILogger } from '../../ports/logger.ts';
import { freeLease, LEASE_TTL_MS, leaseToken, TOO_EARLY, tendLeases } from './lease-scripts.ts';
import type { RedisChannels } from './redis-channels.ts';
import { unreachable } from './redis-connection.ts';
import type { RedisKeys } from './redis-keys.ts';

/** RedisLeasesOptions are who holds leases, and where they stand. */
export interface RedisLeasesOptions {
	readonly self: string;
	readonly keys: RedisKeys;
	readonly commands: Redis;
	readonly channels: RedisChannels;
	readonly log: ILogger;
}

/** Claim is one wish for a lease: held, or waiting for its turn. */
interface Claim {
	readonly name: string;
	token: string;
	/** 0 while it waits. */
	epoch: number;
	/** When it is over unless renewed, by the clock of this process. */
	until: number;
	over: AbortController;
	/** Campaigns wait on after they lost it. */
	readonly won?: ((lease: Lease) => void) | undefined;
	/** A campaign that gave the lease back lets others have it first. */
	notBefore: number;
}

/**
 * RedisLeases holds leases in Redis: one call renews all of a process's and asks for those it waits for. What a holder counts
 * its own time from is the moment before it asked, so that it stops before Redis lets anybody else have the lease.
 */
export class RedisLeases implements ILeases {
	readonly #options: RedisLeasesOptions;
	readonly #claims = new Set<Claim>();
	#tending = false;
	#again = false;
	#tick: NodeJS.Timeout | undefined;
	#deadline: NodeJS.Timeout | undefined;
	#listening: Promise<() => void> | undefined;
	#stopped = false;

	constructor(options: RedisLeasesOptions) {
		this.#options = options;
	}

	campaign(name: string, won: (lease: Lease) => void): () => Promise<void> {
		const claim = this.#newClaim(name, won);
		this.#claims.add(claim);
		const { channels, keys } = this.#options;
		this.#listening ??= channels.listen(keys.leasesChannel, (freed) => {
			if ([...this.#claims].some((waiting) => waiting.epoch === 0 && waiting.name === freed)) this.#tendIn(0);
		});
		this.#tendIn(0);
		return async () => {
			if (this.#claims.delete(claim)) await this.#giveBack(claim);
		};
	}

	async acquire(name: string): Promise<Lease | undefined> {
		const claim = this.#newClaim(name);
		let askedAt: number;
		let epoch: number | undefined;
		try {
			do {
				if (epoch === TOO_EARLY) await wait(ASK_AGAIN_MS);
				askedAt = performance.now();
				[epoch] = await tendLeases(this.#place, [claim]);
			} while (epoch === TOO_EARLY && !this.#stopped);
		} catch (error) {
			// It may have been given all the same.
			void this.#giveBack(claim);
			throw unreachable(`take the lease ${name}`, error);
		}
		if (epoch === undefined || epoch <= 0) return undefined;
		this.#claims.add(claim);
		this.#tendIn(TEND_EVERY_MS);
		return this.#begin(claim, epoch, askedAt);
	}

	async holder(name: string): Promise<string | undefined> {
		try {
			const token = await leaseToken(this.#place, name);
			return token?.slice(0, token.lastIndexOf('/'));
		} catch (error) {
			throw unreachable(`read who holds the lease ${name}`, error);
		}
	}

	/** Gives everything back; a second call does nothing. */
	async stop(): Promise<void> {
		if (this.#stopped) return;
		this.#stopped = true;
		clearTimeout(this.#tick);
		clearTimeout(this.#deadline);
		const claims = [...this.#claims];
		this.#claims.clear();
		await Promise.all(claims.map((claim) => this.#giveBack(claim)));
		(await this.#listening)?.();
	}

	get #place() {
		return { redis: this.#options.commands, keys: this.#options.keys };
	}

	#newClaim(name: string, won?: (lease: Lease) => void): Claim {
		return { name, token: this.#newToken(), epoch: 0, until: 0, over: new AbortController(), won, notBefore: 0 };
	}

	#newToken(): string {
		return `${this.#options.self}/${randomBytes(9).toString('base64url')}`;
	}

	#tendIn(ms: number): void {
		if (this.#stopped) return;
		if (this.#tending) {
			if (ms === 0) this.#again = true;
			return;
		}
		if (ms > 0 && this.#tick !== undefined) return;
		clearTimeout(this.#tick);
		this.#tick = setTimeout(() => void this.#tend(), ms);
	}

	async #tend(): Promise<void> {
		this.#tick = undefined;
		this.#tending = true;
		const startedAt = performance.now();
		const claims = [...this.#claims].filter(({ epoch, notBefore }) => epoch > 0 || notBefore <= startedAt);
		const pages = Math.ceil(claims.length / AT_ONCE);
		await Promise.all(
			Array.from({ length: pages }, (_, page) => this.#tendSome(claims.slice(page * AT_ONCE, (page + 1) * AT_ONCE))),
		);
		this.#tending = false;
		if (this.#again) {
			this.#again = false;
			this.#tendIn(0);
		} else if (this.#claims.size > 0) {
			this.#tendIn(Math.max(1, TEND_EVERY_MS - (performance.now() - startedAt)));
		}
	}

	async #tendSome(claims: readonly Claim[]): Promise<void> {
		// What would be queued now might be sent when it is too late.
		if (this.#options.commands.status !== 'ready') return;
		const asked = claims.map((claim) => ({ ...claim }));
		const askedAt = performance.now();
		let epochs: readonly number[];
		try {
			epochs = await tendLeases(this.#place, asked);
		} catch (error) {
			this.#options.log.debug('leases not renewed', { error: describeError(error) });
			return;
		}
		claims.forEach((claim, index) => {
			// It was given back, or given up, in the meantime.
			if (!this.#claims.has(claim) || claim.token !== asked[index]?.token) return;
			const epoch = epochs[index] ?? 0;
			if (claim.epoch > 0) {
				if (epoch <= 0) this.#lose(claim);
				else claim.until = askedAt + HOLD_MS;
			} else if (epoch > 0 && performance.now() < askedAt + HOLD_MS) {
				this.#win(claim, this.#begin(claim, epoch, askedAt));
			}
		});
		this.#watchDeadlines();
	}

	#begin(claim: Claim, epoch: number, askedAt: number): Lease {
		claim.epoch = epoch;
		claim.until = askedAt + HOLD_MS;
		this.#watchDeadlines();
		const { token, over } = claim;
		return {
			name: claim.name,
			epoch,
			lost: over.signal,
			release: async () => {
				if (claim.token !== token || !this.#claims.has(claim)) return;
				const given = { ...claim };
				this.#endTerm(claim);
				claim.notBefore = performance.now() + LEASE_TTL_MS;
				await this.#giveBack(given);
			},
		};
	}

	#win(claim: Claim, lease: Lease): void {
		try {
			claim.won?.(lease);
		} catch (error) {
			this.#options.log.error('lease listener failed', { name: lease.name, error: describeError(error) });
		}
	}

	#lose(claim: Claim): void {
		this.#options.log.warn('lease lost', { name: claim.name, epoch: claim.epoch });
		const { over } = claim;
		this.#endTerm(claim);
		over.abort();
	}

	/** A campaign goes on with a new token. */
	#endTerm(claim: Claim): void {
		if (claim.won === undefined) this.#claims.delete(claim);
		claim.token = this.#newToken();
		claim.epoch = 0;
		claim.over = new AbortController();
	}

	async #giveBack(claim: Pick<Claim, 'name' | 'token' | 'over'>): Promise<void> {
		claim.over.abort();
		// Where Redis is away, it is over by itself.
		if (this.#options.commands.status !== 'ready') return;
		await freeLease(this.#place, claim).catch(() => {});
	}

	#watchDeadlines(): void {
		clearTimeout(this.#deadline);
		if (this.#stopped) return;
		const now = performance.now();
		let next = Number.POSITIVE_INFINITY;
		for (const claim of this.#claims) {
			if (claim.epoch === 0) continue;
			if (claim.until <= now) this.#lose(claim);
			else next = Math.min(next, claim.until);
		}
		if (Number.isFinite(next)) this.#deadline = setTimeout(() => this.#watchDeadlines(), next - now + 1);
	}
}

const TEND_EVERY_MS = 300;
/** The rest is for a timer that fires late. */
const HOLD_MS = LEASE_TTL_MS - 150;
const AT_ONCE = 200;
const ASK_AGAIN_MS = 100;
