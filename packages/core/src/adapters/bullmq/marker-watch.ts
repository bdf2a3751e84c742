import type { IClock } from '../../ports/clock.ts';
import type { RedisLine } from '../redis/open-redis-line.ts';
import { RedisScript } from '../redis/redis-script.ts';

/** MarkerWatchParts are what a watch is made from. */
export interface MarkerWatchParts {
	readonly line: RedisLine;
	/** A key of this watch alone, to be woken by. */
	readonly nudge: string;
	/** One of the watched markers was there, and is taken. */
	readonly onMarker: (marker: string) => void;
	readonly clock: IClock;
}

/**
 * MarkerWatch waits, over one connection, until there is something in any of many queues: BullMQ leaves a marker beside a
 * queue that has jobs. A marker stays until somebody takes it, so nothing is missed between two waits.
 */
export class MarkerWatch {
	readonly #parts: MarkerWatchParts;
	readonly #redis: ReturnType<RedisLine['connect']>;
	#wanted: ReadonlySet<string> = new Set();
	#underWay: ReadonlySet<string> = new Set();
	#nudged = false;
	#stopped = false;

	constructor(parts: MarkerWatchParts) {
		this.#parts = parts;
		this.#redis = parts.line.connect('markers', { maxRetriesPerRequest: 0 });
		void this.#run();
	}

	/** Watches these from now on. */
	watch(markers: ReadonlySet<string>): void {
		this.#wanted = markers;
		for (const marker of markers) if (!this.#underWay.has(marker)) return this.#nudge();
	}

	stop(): void {
		this.#stopped = true;
		this.#redis.disconnect();
		this.#parts.line.commands.del(this.#parts.nudge).catch(() => {});
	}

	async #run(): Promise<void> {
		const { nudge, onMarker } = this.#parts;
		while (!this.#stopped) {
			this.#underWay = this.#wanted;
			this.#nudged = false;
			const callOff = this.#endWhenSilent();
			try {
				const found = await this.#redis.bzpopmin(nudge, ...this.#underWay, WAIT_MS / 1_000);
				if (found !== null && found[0] !== nudge) onMarker(String(found[0]));
			} catch {
				// The connection is back within 300 ms of Redis.
				if (!this.#stopped) await new Promise<void>((resolve) => this.#parts.clock.after(RETRY_MS, resolve));
			} finally {
				callOff();
			}
		}
	}

	#nudge(): void {
		if (this.#nudged || this.#stopped) return;
		this.#nudged = true;
		NUDGE.run(this.#parts.line.commands, [this.#parts.nudge], [NUDGE_MS]).catch(() => {
			this.#nudged = false;
		});
	}

	/** Half of a broken connection may look whole for minutes. */
	#endWhenSilent(): () => void {
		return this.#parts.clock.after(WAIT_MS + SILENT_MS, () => {
			if (!this.#stopped) this.#redis.disconnect(true);
		});
	}
}

/** It ends by itself, should whoever is to take it have died. */
const NUDGE = new RedisScript(`
redis.call('ZADD', KEYS[1], 0, '0')
return redis.call('PEXPIRE', KEYS[1], ARGV[1])
`);

const WAIT_MS = 5_000;
const NUDGE_MS = 60_000;
const SILENT_MS = 2_000;
const RETRY_MS = 100;
