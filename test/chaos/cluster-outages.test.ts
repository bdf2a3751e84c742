import { setTimeout as wait } from 'node:timers/promises';
import { seededHistorySigner } from '@errand/core/adapters/files/history-signer.ts';
import { clusterKeys } from '@errand/core/infrastructure/cluster-keys.ts';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { type ClusterErrand, startCluster } from '../cluster/support/cluster-errand.ts';
import { openHistory } from '../cluster/support/open-new-history.ts';
import { startLoad } from '../cluster/support/task-load.ts';
import { type CutProxy, startCutProxy } from '../support/cut-proxy.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { serversMissing } from '../support/servers-missing.ts';

/** Two gateways and three workers, whose only ways to Redis and Postgres lead through proxies that break as networks do. */
describe.skipIf(serversMissing() !== undefined)('tasks in mid work', () => {
	let redis: RedisServer;
	let postgres: PostgresServer;
	let databaseUrl: string;
	let toRedis: CutProxy;
	let toPostgres: CutProxy;
	let cluster: ClusterErrand;

	beforeAll(async () => {
		[redis, postgres] = await Promise.all([startRedis({ aof: true }), startPostgres()]);
		databaseUrl = await postgres.createDatabase();
		[toRedis, toPostgres] = await Promise.all([startCutProxy(redis.url), startCutProxy(databaseUrl)]);
		cluster = await startCluster({
			postgresUrl: toPostgres.url,
			redisUrl: toRedis.url,
			cluster: 'outages',
			programs: 'with-test-capabilities',
		});
	});
	afterAll(async () => {
		await cluster?.dispose();
		await Promise.all([toRedis?.close(), toPostgres?.close()]);
		await Promise.all([redis?.stop(), postgres?.stop()]);
	});

	/** Has 40 tasks under way while `trouble` comes about; all of them have to end well. */
	const during = async (name: string, trouble: () => Promise<void>) => {
		onTestFailed(() => console.error(cluster.outputs()));
		const load = startLoad(cluster.any, { name, tasks: 40, overMs: 3_000 });
		await wait(1_000);
		const startedAt = performance.now();
		await trouble();
		const over = performance.now();
		expect(await load.wrong(90_000)).toEqual([]);
		const seconds = (ms: number) => (ms / 1_000).toFixed(1);
		console.info(`${name}: ${seconds(over - startedAt)} s, all done ${seconds(performance.now() - over)} s later`);
	};
	const healed = async (proxy: CutProxy, ms: number) => {
		await wait(ms);
		proxy.heal();
	};

	it('end once when Redis is killed and comes back with its journal', async () => {
		await during('Redis killed', async () => {
			await redis.kill();
			await wait(1_000);
			await redis.restart();
		});
	});

	it('end once when Redis is emptied, and when it comes back with nothing', async () => {
		await during('Redis emptied', async () => {
			const client = new Redis(redis.url);
			await client.flushall();
			await wait(500);
			await client.flushall();
			client.disconnect();
			await wait(500);
			await redis.restart({ wipe: true });
		});
	});

	it('end once when Postgres is killed and comes back', async () => {
		await during('Postgres killed', async () => {
			await postgres.kill();
			await wait(1_000);
			await postgres.restart();
		});
	});

	it('end once when nobody reaches Postgres for ten seconds, and Redis for ten from the sixth on', async () => {
		await during('both cut', async () => {
			toPostgres.cut();
			await wait(5_000);
			toRedis.cut();
			await healed(toPostgres, 5_000);
			await healed(toRedis, 5_000);
		});
	});

	it('end once when lines are slow, and then stay open and say nothing', async () => {
		await during('slow and silent', async () => {
			for (const proxy of [toRedis, toPostgres]) proxy.delay(200);
			await wait(2_000);
			toPostgres.halfOpen();
			await healed(toPostgres, 3_000);
			toRedis.halfOpen();
			await healed(toRedis, 3_000);
		});
	});

	it('end once when answers are lost again and again', async () => {
		await during('answers lost', async () => {
			for (let n = 0; n < 30; n++) {
				toRedis.dropAnswers(1 + (n % 3));
				if (n % 3 === 0) toPostgres.dropAnswers(1);
				await wait(100);
			}
			for (const proxy of [toRedis, toPostgres]) proxy.heal();
		});
	});

	it('leave a history whose seals hold', async () => {
		const signer = seededHistorySigner(clusterKeys(cluster)('history'));
		const history = await openHistory(databaseUrl, { signer });
		expect(await history.audit.verify()).toMatchObject({ ok: true });
		await history.close();
	});
});
