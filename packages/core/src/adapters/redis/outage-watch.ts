import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { describeError } from '../../domain/errors.ts';
import type { ILogger } from '../../ports/logger.ts';
import { RedisScript } from './redis-script.ts';

/**
 * OutageWatch knows whether Redis answers, and notices when everything in it was lost: a marker made by chance stands there,
 * looked at after each reconnect and once a second. Each outage is logged once, however many tries it takes.
 */
export class OutageWatch {
	readonly #redis: Redis;
	readonly #marker: string;
	readonly #log: ILogger;
	readonly #onReachable = new Set<(reachable: boolean) => void>();
	readonly #onWiped = new Set<() => void>();
	#known: string | undefined;
	#reachable = false;
	#awaySince: number | undefined;
	#timer: NodeJS.Timeout | undefined;
	#stopped = false;

	constructor({ redis, marker, log }: { redis: Redis; marker: string; log: ILogger }) {
		this.#redis = redis;
		this.#marker = marker;
		this.#log = log;
		redis.on('ready', () => void this.#look());
		redis.on('close', () => this.#away('connection closed'));
		redis.on('error', (error) => this.#away(describeError(error)));
		if (redis.status === 'ready') void this.#look();
	}

	get reachable(): boolean {
		return this.#reachable;
	}

	/** Calls back on each change. Returns the way to stop. */
	onReachableChange(listener: (reachable: boolean) => void): () => void {
		this.#onReachable.add(listener);
		return () => void this.#onReachable.delete(listener);
	}

	/** Calls back when what stood in Redis is gone. Returns the way to stop. */
	onWiped(listener: () => void): () => void {
		this.#onWiped.add(listener);
		return () => void this.#onWiped.delete(listener);
	}

	stop(): void {
		this.#stopped = true;
		clearTimeout(this.#timer);
	}

	async #look(): Promise<void> {
		if (this.#stopped) return;
		clearTimeout(this.#timer);
		try {
			const found = String(await MARK.run(this.#redis, [this.#marker], [randomBytes(12).toString('hex')]));
			if (this.#stopped) return;
			const wiped = this.#known !== undefined && this.#known !== found;
			this.#known = found;
			this.#back();
			if (wiped) {
				this.#log.warn('redis lost everything');
				for (const listener of this.#onWiped) listener();
			}
		} catch (error) {
			this.#away(describeError(error));
		}
		if (this.#stopped) return;
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => void this.#look(), LOOK_EVERY_MS);
	}

	#away(error: string): void {
		if (this.#stopped || this.#awaySince !== undefined) return;
		this.#awaySince = performance.now();
		this.#log.warn('redis unreachable', { error });
		this.#tell(false);
	}

	#back(): void {
		if (this.#awaySince !== undefined) {
			this.#log.info('redis reachable again', { awayMs: Math.round(performance.now() - this.#awaySince) });
		}
		this.#awaySince = undefined;
		this.#tell(true);
	}

	#tell(reachable: boolean): void {
		if (this.#reachable === reachable) return;
		this.#reachable = reachable;
		for (const listener of this.#onReachable) listener(reachable);
	}
}

/** Said twice, it answers alike. */
const MARK = new RedisScript(`
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return redis.call('GET', KEYS[1])
`);

const LOOK_EVERY_MS = 1_000;
