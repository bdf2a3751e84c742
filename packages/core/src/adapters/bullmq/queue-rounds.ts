import { describeError } from '../../domain/errors.ts';
import { isJsonObject } from '../../domain/json.ts';
import type { IClock } from '../../ports/clock.ts';
import type { QueueDepth } from '../../ports/job-queue.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { RegisteredWorker } from '../../ports/worker-registry.ts';
import type { RedisLine } from '../redis/open-redis-line.ts';
import { RedisScript } from '../redis/redis-script.ts';
import { type BullQueues, bullId, capabilityQueue, STALLED_CHECK_MS } from './bull-queues.ts';
import { lookAtQueue, returnStalled } from './queue-scripts.ts';
import type { DeskLine, ReleaseDesk } from './release-desk.ts';

interface Parts {
	readonly line: RedisLine;
	readonly queues: BullQueues;
	readonly desk: ReleaseDesk;
	readonly self: string;
	readonly clock: IClock;
	readonly log: ILogger;
	/** Jobs that others released and that are looked after from here, with their queues. */
	readonly foreign: ReadonlyMap<string, string>;
	/** Jobs that were released and stand in no queue. */
	readonly missing: (jobIds: readonly string[]) => void;
	/** Something waits in a worker's own queue. */
	readonly waits: (line: DeskLine) => Promise<void>;
	/** A round is over: room may have come to be. */
	readonly pump: () => void;
}

/** What one process has waiting before the queues, by capability: how many, and since when (ms since 1970). */
type Lines = Readonly<Record<string, readonly [waiting: number, since: number]>>;

/** Told is what a process that releases tells the others: its lines, and the queues of single workers that it uses, by capability. */
interface Told {
	readonly lines: Lines;
	readonly queues: Readonly<Record<string, string>>;
}

/** Rounds between two looks at queues that this process has nothing in. */
const ALL_QUEUES_EVERY = 25;

/**
 * QueueRounds looks after the queues, a few times a second: gives jobs of workers that died to others, notices what is gone
 * from a queue, and tells the other processes that release how much waits here.
 */
export class QueueRounds {
	readonly #parts: Parts;
	#peers: readonly Told[] = [];
	#holdOffUntil = 0;
	#checkFrom = 0;
	#rounds = 0;
	#callOff: (() => void) | undefined;
	#round: Promise<void> = Promise.resolve();
	#stopped = false;
	#stopListening: (() => void) | undefined;

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	start(): void {
		this.#stopListening = this.#parts.line.onReachableChange((reachable) => {
			// Locks ran out while nobody could renew them: their holders come first.
			if (reachable) this.#holdOffUntil = performance.now() + HOLD_OFF_MS;
		});
		this.#later();
	}

	async stop(): Promise<void> {
		if (this.#stopped) return;
		this.#stopped = true;
		this.#callOff?.();
		this.#stopListening?.();
		await this.#round;
		const { line, queues, self } = this.#parts;
		// Where Redis is away, that runs out by itself.
		if (!line.reachable()) return;
		await Promise.all([queues.redis.zrem(line.keys.releasers, self), queues.redis.del(line.keys.releaser(self))]).catch(
			() => {},
		);
	}

	/** Processes that have jobs of this capability waiting, this one among them whether it has or not. */
	releasers(capability: string): number {
		return 1 + this.#peers.filter(({ lines }) => lines[capability] !== undefined).length;
	}

	async depths(workers: readonly RegisteredWorker[]): Promise<readonly QueueDepth[]> {
		const { queues, clock } = this.#parts;
		const told = [this.#told(), ...this.#peers];
		const served = workers.flatMap(({ capabilities }) => capabilities.map(({ name }) => name));
		const shared = new Set([...served, ...this.#capabilities()]);
		const used = new Map([...shared].map((name) => [capabilityQueue(name), name]));
		for (const own of told) for (const [queue, name] of Object.entries(own.queues)) used.set(queue, name);
		const looks = await Promise.all(
			[...used].map(async ([queue, name]) => ({ name, ...(await lookAtQueue(queues.redis, queues.of(queue))) })),
		);
		const before = told.map(({ lines }) => lines);
		const now = clock.now();
		return [...shared].map((capability) => {
			const here = looks.filter(({ name }) => name === capability);
			const ahead = before.flatMap((lines) => (lines[capability] === undefined ? [] : [lines[capability]]));
			const since = Math.min(now, ...here.map(({ waitsSince }) => waitsSince ?? now), ...ahead.map(([, at]) => at));
			return {
				capability,
				waiting: sum(here.map(({ waiting }) => waiting)) + sum(ahead.map(([waiting]) => waiting)),
				running: sum(here.map(({ running }) => running)),
				oldestWaitMs: now - since,
			};
		});
	}

	#capabilities(): readonly string[] {
		return [...this.#parts.desk.lines].map(({ capability }) => capability);
	}

	#later(): void {
		if (this.#stopped) return;
		this.#callOff = this.#parts.clock.after(STALLED_CHECK_MS, () => {
			this.#round = this.#go().finally(() => this.#later());
		});
	}

	async #go(): Promise<void> {
		const { line, pump, log } = this.#parts;
		if (!line.reachable()) return;
		try {
			await Promise.all([this.#announce(), this.#tend(), this.#findMissing()]);
		} catch (error) {
			log.debug('round of the queues cut short', { error: describeError(error) });
		}
		pump();
	}

	/** What is returned to the queue of a dead worker is brought elsewhere in the same round. */
	async #tend(): Promise<void> {
		await this.#returnStalled();
		await this.#wakeWaiters();
	}

	/** Jobs whose lock ran out at two checks in a row start again. */
	async #returnStalled(): Promise<void> {
		const { queues, desk, foreign, log } = this.#parts;
		if (performance.now() < this.#holdOffUntil) return;
		// Whoever released jobs into a queue looks each time; what processes left that are gone as well is found by anybody, later.
		const all = this.#rounds++ % ALL_QUEUES_EVERY === 0;
		const used = [...desk.lines].filter(({ worker, released }) => released.size > 0 || (all && worker === undefined));
		const names = new Set([...used.map(({ queue }) => queue), ...foreign.values()]);
		await Promise.all(
			[...names].map(async (queue) => {
				const stalled = await returnStalled(queues.redis, queues.of(queue));
				if (stalled.length > 0) log.info('jobs of a dead worker start again', { queue, jobs: stalled.length });
			}),
		);
	}

	async #wakeWaiters(): Promise<void> {
		const { queues, desk, foreign, waits } = this.#parts;
		const used = new Map([...desk.lines].filter(({ released }) => released.size > 0).map((line) => [line.queue, line]));
		const names = [...new Set([...used.keys(), ...foreign.values()])];
		await Promise.all(
			names.map(async (queue) => {
				const { waiting } = await lookAtQueue(queues.redis, queues.of(queue));
				const line = used.get(queue);
				if (waiting > 0 && line?.worker !== undefined) await waits(line);
			}),
		);
	}

	/** Looks, a few hundred at a time, whether what was released a while ago is still there. */
	async #findMissing(): Promise<void> {
		const { queues, desk, foreign, missing } = this.#parts;
		const before = performance.now() - SETTLING_MS;
		const old: [jobId: string, queue: string, isStill: () => boolean][] = [];
		for (const line of desk.lines) {
			for (const ready of line.released) {
				const { job, released } = ready;
				if (released?.there !== true || released.at >= before) continue;
				old.push([job.id, released.queue, () => ready.released === released]);
			}
		}
		for (const [jobId, queue] of foreign) old.push([jobId, queue, () => foreign.get(jobId) === queue]);
		if (this.#checkFrom >= old.length) this.#checkFrom = 0;
		const some = old.slice(this.#checkFrom, this.#checkFrom + CHECKED_AT_ONCE);
		this.#checkFrom += CHECKED_AT_ONCE;
		const found = await Promise.all(
			some.map(([jobId, queue]) => queues.redis.exists(queues.of(queue).jobKey(bullId(jobId)))),
		);
		missing(some.flatMap(([jobId, , isStill], n) => (found[n] === 0 && isStill() ? [jobId] : [])));
	}

	async #announce(): Promise<void> {
		const { line, queues, self } = this.#parts;
		const { redis } = queues;
		const { releasers, releaser } = { releasers: line.keys.releasers, releaser: line.keys.releaser(self) };
		const told = await ANNOUNCE.run(redis, [releasers, releaser], [self, ALIVE_MS, JSON.stringify(this.#told())]);
		const others = (Array.isArray(told) ? told.map(String) : []).filter((name) => name !== self);
		const lines = others.length === 0 ? [] : await redis.mget(others.map((name) => line.keys.releaser(name)));
		this.#peers = lines.flatMap((text) => (text === null ? [] : [readTold(text)]));
	}

	#told(): Told {
		const lines: Record<string, readonly [number, number]> = {};
		const queues: Record<string, string> = {};
		for (const { capability, waiting, worker, released, queue } of this.#parts.desk.lines) {
			if (worker !== undefined && released.size > 0) queues[queue] = capability;
			const [oldest] = waiting;
			if (oldest === undefined) continue;
			const [so, since] = lines[capability] ?? [0, oldest.since];
			lines[capability] = [so + waiting.size, Math.min(since, oldest.since)];
		}
		return { lines, queues };
	}
}

function readTold(text: string): Told {
	const read: unknown = JSON.parse(text);
	const { lines, queues } = isJsonObject(read) ? read : {};
	// Only processes of this Errand can write there.
	return {
		lines: isJsonObject(lines) ? (lines as unknown as Lines) : {},
		queues: isJsonObject(queues) ? (queues as Record<string, string>) : {},
	};
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}

/** Says that a process is there, by the server's clock, and who else is. */
const ANNOUNCE = new RedisScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[2])
return redis.call('ZRANGE', KEYS[1], 0, -1)
`);

const ALIVE_MS = 1_500;
/** Time that the end of a job takes to be known here. */
const SETTLING_MS = 1_000;
const CHECKED_AT_ONCE = 500;
const HOLD_OFF_MS = 600;
