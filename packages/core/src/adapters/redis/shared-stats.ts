import type { WorkerStats } from '../../domain/dispatch/worker-stats.ts';
import { describeError } from '../../domain/errors.ts';
import { isJsonObject, type Json } from '../../domain/json.ts';
import type { IClock } from '../../ports/clock.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { RedisLine } from './open-redis-line.ts';

/** SharedStatsParts are what is shared, and through what. */
export interface SharedStatsParts {
	readonly line: Pick<RedisLine, 'self' | 'keys' | 'commands'>;
	readonly stats: WorkerStats;
	readonly clock: IClock;
	readonly log: ILogger;
	readonly everyMs?: number | undefined;
}

/** After so many half-lives a publication says nothing any more. */
const HALF_LIVES_KEPT = 6;

/**
 * SharedStats lets gateways learn from each other: each keeps what it recorded itself in one field of a hash, written whole,
 * so that writing it twice is writing it once, and reads those of the others. What a gateway that is gone had learned stays
 * until it no longer weighs anything; so does what this one knew before it was started again.
 */
export class SharedStats {
	readonly #parts: SharedStatsParts;
	#published = -1;
	#stopped = false;
	#callOff: (() => void) | undefined;
	#sharing: Promise<void> | undefined;

	constructor(parts: SharedStatsParts) {
		this.#parts = parts;
	}

	/** Resolves once what others know is known here too, or Redis turned out to be away. */
	async start(): Promise<void> {
		await this.#round();
	}

	/** Publishes a last time; a second call does nothing. */
	async stop(): Promise<void> {
		if (this.#stopped) return;
		this.#stopped = true;
		this.#callOff?.();
		await this.#sharing;
		await this.#share();
	}

	async #round(): Promise<void> {
		this.#sharing = this.#share();
		await this.#sharing;
		if (!this.#stopped) this.#callOff = this.#parts.clock.after(this.#parts.everyMs ?? 5_000, () => void this.#round());
	}

	async #share(): Promise<void> {
		const { line, log } = this.#parts;
		if (line.commands.status !== 'ready') return;
		try {
			await this.#publish();
			await this.#learn();
		} catch (error) {
			log.debug('worker statistics not shared', { error: describeError(error) });
		}
	}

	async #publish(): Promise<void> {
		const { line, stats, clock } = this.#parts;
		const { recorded } = stats;
		if (recorded === this.#published) return;
		const text = JSON.stringify(stats.publication(clock.now()));
		await line.commands.hset(line.keys.workerStats, line.self, text);
		this.#published = recorded;
	}

	async #learn(): Promise<void> {
		const { line, stats, clock } = this.#parts;
		const oldest = clock.now() - HALF_LIVES_KEPT * stats.halfLifeMs;
		const kept = new Set<string>();
		for (const [source, text] of Object.entries(await line.commands.hgetall(line.keys.workerStats))) {
			if (source === line.self) continue;
			const publication = parsed(text);
			const at = isJsonObject(publication) ? publication['at'] : undefined;
			if (typeof at !== 'number' || at < oldest) {
				await line.commands.hdel(line.keys.workerStats, source);
				continue;
			}
			kept.add(source);
			stats.learn(source, publication);
		}
		stats.keepSources(kept);
	}
}

function parsed(text: string): Json {
	try {
		return JSON.parse(text) as Json;
	} catch {
		return null;
	}
}
