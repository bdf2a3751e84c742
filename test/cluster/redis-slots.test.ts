import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { newConnection } from '@errand/core/adapters/redis/redis-connection.ts';
import { RedisSessionLeases } from '@errand/core/adapters/redis/redis-session-leases.ts';
import { RedisSessionPool } from '@errand/core/adapters/redis/redis-session-pool.ts';
import { WorkerBeat } from '@errand/core/adapters/redis/worker-beat.ts';
import { RedisWorkerRegistry } from '@errand/core/adapters/redis/worker-registry.ts';
import { asTaskId } from '@errand/core/domain/ids.ts';
import { expect, test } from 'vitest';
import { freePort, startServerProcess } from '../support/server-process.ts';
import { redisProgram } from '../support/servers-missing.ts';
import { aWorker } from './support/dispatch.ts';
import { eventually, testLines } from './support/redis-lines.ts';

const lines = testLines();

/** A Redis Cluster of one: it refuses what touches keys of two slots, as one of many does. */
async function startSlottedRedis(): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'errand-test-slots-'));
	lines.cleanUp(() => rm(folder, { recursive: true, force: true }));
	const port = await freePort();
	const settings = { port: String(port), bind: '127.0.0.1', dir: folder, save: '', 'cluster-enabled': 'yes' };
	const server = await startServerProcess({
		command: redisProgram() ?? 'redis-server',
		args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
		...{ cwd: folder, readyLine: 'Ready to accept connections', orphanSignal: 'KILL' },
	});
	lines.cleanUp(() => server.end('SIGKILL'));
	return `redis://127.0.0.1:${port}`;
}

test('keeps what one script touches in one slot of Redis Cluster', async () => {
	const url = await startSlottedRedis();
	// Without slots it takes no commands, not even the line's own.
	const opening = lines.open('one', url);
	const bare = newConnection({ url, name: 'bare' });
	await bare.call('cluster', 'addslotsrange', 0, 16383);
	bare.disconnect();
	const line = await opening;
	await expect(line.commands.mget('a', 'b')).rejects.toThrow('CROSSSLOT');

	const registry = new RedisWorkerRegistry({ line, clock: new SystemClock(), log: lines.log });
	lines.cleanUp(() => registry.stop());
	await registry.start();
	const orders: string[] = [];
	const beat = new WorkerBeat({ line, describe: () => aWorker('w1'), onOrder: (order) => orders.push(order) });
	await beat.start();
	await eventually(() => expect(registry.list()).toHaveLength(1));
	await registry.order('w1', 'pause');
	await eventually(() => expect(orders).toEqual(['pause']));
	await beat.stop();
	await eventually(() => expect(registry.list()).toHaveLength(0));

	const seal = { seal: (_: string, text: string) => text, open: (_: string, sealed: string) => sealed };
	const sessions = new RedisSessionLeases({ line, worker: 'w1', seal, log: lines.log });
	lines.cleanUp(() => sessions.stop());
	sessions.start({ closing: async () => {}, lapsed: () => {} });
	const task = asTaskId('t1');
	expect((await sessions.claim(task, AbortSignal.timeout(30_000))).kind).toBe('held');
	expect(await new RedisSessionPool(line).workerOf(task)).toBe('w1');

	const [one, two] = await Promise.all([line.leases.acquire('discord'), line.leases.acquire('telegram')]);
	expect([one?.lost.aborted, two?.lost.aborted]).toEqual([false, false]);
	await one?.release();
	await two?.release();
});
