import { z } from 'zod';
import { describeError } from '../../domain/errors.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { ISharedTurns, ProviderNews, TurnAnswer, TurnWanted } from '../../ports/shared-turns.ts';
import type { RedisLine } from './open-redis-line.ts';
import { freeTurn, renewTurns, takeTurn } from './turn-scripts.ts';

/**
 * RedisSharedTurns counts in Redis what all processes ask of providers. Turns are leases: those under way are renewed, those of
 * a process that died run out, and a Redis that lost everything learns of what runs with the next renewal.
 */
export class RedisSharedTurns implements ISharedTurns {
	readonly #line: Line;
	readonly #log: ILogger;
	readonly #held = new Map<string, Set<string>>();
	readonly #renewing: NodeJS.Timeout;
	readonly #ttlMs: number;
	#isAwayUntil = 0;

	constructor({
		line,
		log,
		ttlMs = TURN_TTL_MS,
	}: { readonly line: Line; readonly log: ILogger; readonly ttlMs?: number }) {
		this.#line = line;
		this.#log = log;
		this.#ttlMs = ttlMs;
		this.#renewing = setInterval(() => void this.#renew(), ttlMs / 3).unref();
	}

	async take(wanted: TurnWanted): Promise<TurnAnswer | undefined> {
		const answer = await this.#ask(wanted);
		if (answer === undefined || answer.given) this.#hold(wanted);
		return answer;
	}

	giveBack(provider: string, id: string, tokens?: number): void {
		this.#end(provider, id, tokens);
	}

	callOff(provider: string, id: string): void {
		this.#end(provider, id, 'not-made');
	}

	tell(news: ProviderNews): void {
		if (!this.#line.reachable()) return;
		const { commands, keys, self } = this.#line;
		const text = JSON.stringify({ from: self, ...news });
		commands.publish(keys.providersChannel, text).catch((error: unknown) => this.#missed('news not told', error));
	}

	listen(listener: (news: ProviderNews) => void): () => void {
		const { channels, keys, self } = this.#line;
		const listening = channels.listen(keys.providersChannel, (text) => {
			const heard = News.safeParse(parsed(text));
			if (heard.success && heard.data.from !== self) listener(heard.data);
		});
		return () => void listening.then((stop) => stop());
	}

	/** Renews no more; what is still held runs out. */
	stop(): void {
		clearInterval(this.#renewing);
	}

	get #place() {
		return { redis: this.#line.commands, keys: this.#line.keys, ttlMs: this.#ttlMs };
	}

	/** A call to a model does not wait for a Redis that says nothing. */
	async #ask(wanted: TurnWanted): Promise<TurnAnswer | undefined> {
		if (!this.#line.reachable() || performance.now() < this.#isAwayUntil) return undefined;
		let looks = 0;
		let timer: NodeJS.Timeout | undefined;
		const late = new Promise<undefined>((resolve) => {
			timer = setInterval(() => {
				looks += 1;
				if (looks < LOOKS) return;
				this.#isAwayUntil = performance.now() + AWAY_MS;
				this.#log.warn('redis slow: limits of models kept by each process', { provider: wanted.provider });
				resolve(undefined);
			}, LOOK_EVERY_MS);
		});
		const asked = takeTurn(this.#place, wanted).catch((error: unknown) => {
			this.#missed('turn not asked for', error);
			return undefined;
		});
		const answer = await Promise.race([asked, late]);
		clearInterval(timer);
		return answer;
	}

	#hold({ provider, id }: TurnWanted): void {
		const ids = this.#held.get(provider);
		if (ids === undefined) this.#held.set(provider, new Set([id]));
		else ids.add(id);
	}

	#end(provider: string, id: string, cameTo: number | 'not-made' | undefined): void {
		const ids = this.#held.get(provider);
		ids?.delete(id);
		if (ids?.size === 0) this.#held.delete(provider);
		if (!this.#line.reachable()) return;
		freeTurn(this.#place, { provider, id, cameTo }).catch((error: unknown) =>
			this.#missed('turn not given back', error),
		);
	}

	async #renew(): Promise<void> {
		if (!this.#line.reachable()) return;
		try {
			await Promise.all([...this.#held].map(([provider, ids]) => renewTurns(this.#place, provider, [...ids])));
		} catch (error) {
			this.#missed('turns not renewed', error);
		}
	}

	#missed(what: string, error: unknown): void {
		this.#log.debug(what, { error: describeError(error) });
	}
}

type Line = Pick<RedisLine, 'self' | 'keys' | 'commands' | 'channels' | 'reachable'>;

/** Looked at a few times, so that this process’s own being busy, with the answer waiting to be read, is not taken for Redis’s. */
const LOOKS = 4;
const LOOK_EVERY_MS = 400;
const AWAY_MS = 1_000;
/** A turn is over so long after it was given or last renewed, by the clock of Redis. */
const TURN_TTL_MS = 10_000;
const News = z.discriminatedUnion('kind', [
	z.object({ kind: z.literal('too-much'), provider: z.string(), forMs: z.number().nonnegative(), from: z.string() }),
	z.object({ kind: z.literal('trouble'), provider: z.string(), from: z.string() }),
]);

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
