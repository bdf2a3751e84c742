import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { eventually } from '../harness/process-tree.ts';
import { startCutProxy } from '../support/cut-proxy.ts';
import { startPostgres } from '../support/postgres-server.ts';
import { startRedis } from '../support/redis-server.ts';
import { ownPlace } from './support/own-place.ts';

it('gives each test a database of its own', async () => {
	const [one, other] = [await ownPlace(), await ownPlace()];
	expect(other.cluster).not.toBe(one.cluster);
	await ask(one.databaseUrl, 'CREATE TABLE mine (n int)');
	await ask(other.databaseUrl, 'CREATE TABLE mine (n int)');
});

it('brings a killed Postgres back with what it had committed', async () => {
	const postgres = await startPostgres();
	const url = await postgres.createDatabase();
	await ask(url, 'CREATE TABLE kept AS SELECT 7 AS n');
	await postgres.kill();
	await expect(ask(url, 'SELECT n FROM kept')).rejects.toThrow();
	await postgres.restart();
	expect(await ask(url, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
	await postgres.stop();
});

it('brings a killed Redis back with its journal, and a wiped one empty', async () => {
	const redis = await startRedis({ aof: true });
	const line = quickRedis(redis.url);
	await line.set('kept', '7');
	await redis.kill();
	await redis.restart();
	expect(await line.get('kept')).toBe('7');
	await redis.restart({ wipe: true });
	expect(await line.get('kept')).toBeNull();
	line.disconnect();
	await redis.stop();
});

it('leaves no server behind when the tests are killed', async () => {
	const owner = spawn(process.execPath, [join(import.meta.dirname, 'support/starts-servers-main.ts')]);
	const [line] = (await once(createInterface(owner.stdout), 'line')) as [string];
	const pids = JSON.parse(line) as number[];
	expect(pids.filter(isThere)).toEqual(pids);
	owner.kill('SIGKILL');
	await eventually(async () => !pids.some(isThere), { describe: async () => pids.filter(isThere) });
});

it('cuts, delays, swallows and heals a line', async () => {
	const redis = await startRedis();
	const proxy = await startCutProxy(redis.url);
	const line = quickRedis(proxy.url);
	expect(await line.incr('n')).toBe(1);

	proxy.delay(60);
	const asked = performance.now();
	const answers = Promise.all([line.incr('n'), line.incr('n')]);
	expect(await answers).toEqual([2, 3]);
	expect(performance.now() - asked).toBeGreaterThan(100);

	proxy.heal();
	proxy.halfOpen();
	const swallowed = line.incr('n');
	proxy.heal();
	// Sent again by the client once the reset told it that the line was broken.
	expect(await swallowed).toBe(4);

	proxy.dropAnswers(1);
	// It was counted, its answer was lost, and the client sent it again.
	expect(await line.incr('n')).toBe(6);

	proxy.cut();
	await eventually(async () => line.status !== 'ready');
	expect(proxy.connections()).toBe(0);
	proxy.heal();
	expect(await line.incr('n')).toBe(7);

	line.disconnect();
	await proxy.close();
	await redis.stop();
});

async function ask(url: string, query: string): Promise<unknown[]> {
	const client = new Client({ connectionString: url });
	client.on('error', () => {});
	await client.connect();
	try {
		return (await client.query(query)).rows;
	} finally {
		await client.end();
	}
}

function quickRedis(url: string): Redis {
	const line = new Redis(url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
	line.on('error', () => {});
	return line;
}

function isThere(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}
