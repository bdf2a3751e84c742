import { setTimeout as wait } from 'node:timers/promises';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { openRedisLine, type RedisLine } from '@errand/core/adapters/redis/open-redis-line.ts';
import { WorkerBeat } from '@errand/core/adapters/redis/worker-beat.ts';
import { RedisWorkerRegistry } from '@errand/core/adapters/redis/worker-registry.ts';
import type { RegisteredWorker } from '@errand/core/ports/worker-registry.ts';
import { startRedis } from '../support/redis-server.ts';
import { seeded } from './chance.ts';

/** Traffic is what Redis takes in and gives out, by the second. */
export interface Traffic {
	readonly commands: number;
	readonly bytesIn: number;
	readonly bytesOut: number;
}

/** ManyWorkers is what many registered workers cost. */
export interface ManyWorkers {
	readonly known: number;
	/** Until a gateway knows all of them, ms. */
	readonly knownAfterMs: number;
	readonly idle: Traffic;
	/** While a tenth of them take or end a job in each second. */
	readonly busy: Traffic;
	/** More than before the first worker, bytes. */
	readonly redisMemory: number;
	/** Heap of the gateway's list, bytes for each worker, roughly. */
	readonly heapPerWorker: number;
}

const LINES = 6;
const CAPABILITIES = ['web.read', 'web.search', 'text.summarize', 'text.compare', 'browser.visit'];
const log = { debug() {}, info() {}, warn: console.warn, error: console.error };

/** measureManyWorkers registers so many workers through the real heartbeat, with a registry that reads them, as a gateway has it. */
export async function measureManyWorkers(url: string, count: number, watchMs: number): Promise<ManyWorkers> {
	const clock = new SystemClock();
	const lines = await Promise.all(
		Array.from({ length: LINES + 1 }, (_, index) => openRedisLine({ url, cluster: 'many', self: `p${index}`, log })),
	);
	const [gateway, ...ofWorkers] = lines;
	if (gateway === undefined) throw new Error('No line.');
	const registry = new RedisWorkerRegistry({ line: gateway, clock, log });
	const runs = new Array<number>(count).fill(0);
	const beats = runs.map((_, index) => {
		const line = ofWorkers[index % LINES] ?? gateway;
		return new WorkerBeat({ line, describe: () => describe(index, runs[index] ?? 0), onOrder: () => {}, log });
	});
	try {
		const memoryBefore = Number(await infoOf(gateway, 'memory', 'used_memory'));
		await registry.start();
		const heapBefore = process.memoryUsage().heapUsed;
		const began = performance.now();
		await Promise.all(beats.map((beat) => beat.start()));
		while (registry.list().length < count && performance.now() - began < 10_000) await wait(20);
		const knownAfterMs = performance.now() - began;
		const heapPerWorker = Math.max(0, process.memoryUsage().heapUsed - heapBefore) / count;
		await wait(1_000);
		const idle = await traffic(gateway, watchMs);
		const chance = seeded(2);
		const timer = setInterval(() => {
			const index = Math.floor(chance() * count);
			runs[index] = runs[index] === 0 ? 1 : 0;
			beats[index]?.beatNow();
		}, 10_000 / count);
		const busy = await traffic(gateway, watchMs);
		clearInterval(timer);
		return {
			known: registry.list().length,
			...{ knownAfterMs, idle, busy, heapPerWorker },
			redisMemory: Number(await infoOf(gateway, 'memory', 'used_memory')) - memoryBefore,
		};
	} finally {
		await Promise.all(beats.map((beat) => beat.stop()));
		await registry.stop();
		for (const line of lines) await line.close();
	}
}

function describe(index: number, running: number): RegisteredWorker {
	const fixed = { version: 1, placement: 'process', concurrency: 4 } as const;
	return {
		worker: `machine-${index}-4f1c9a`,
		state: running > 0 ? 'BUSY' : 'WAITING',
		...{ since: 1_760_000_000_000, at: Date.now(), startedAt: 1_760_000_000_000, paused: false },
		...{ host: `machine-${index}`, pid: 4_000 + index, release: '0.3.0', slots: 4, load: running / 4, rss: 90_000_000 },
		capabilities: CAPABILITIES.map((name, at) => ({ name, ...fixed, running: at === 0 ? running : 0 })),
		...{ running: [], sessions: [] },
	};
}

async function traffic(line: RedisLine, forMs: number): Promise<Traffic> {
	const look = async () => ({
		at: performance.now(),
		commands: Number(await infoOf(line, 'stats', 'total_commands_processed')),
		bytesIn: Number(await infoOf(line, 'stats', 'total_net_input_bytes')),
		bytesOut: Number(await infoOf(line, 'stats', 'total_net_output_bytes')),
	});
	const before = await look();
	await wait(forMs);
	const after = await look();
	const perSecond = (of: 'commands' | 'bytesIn' | 'bytesOut') =>
		((after[of] - before[of]) * 1_000) / (after.at - before.at);
	return { commands: perSecond('commands'), bytesIn: perSecond('bytesIn'), bytesOut: perSecond('bytesOut') };
}

async function infoOf(line: RedisLine, section: string, name: string): Promise<string | undefined> {
	const text = await line.commands.info(section);
	return new RegExp(`^${name}:(\\S+)`, 'm').exec(text)?.[1];
}

if (import.meta.main) {
	const redis = await startRedis();
	try {
		console.dir(await measureManyWorkers(redis.url, 300, 5_000));
	} finally {
		await redis.stop();
	}
}
