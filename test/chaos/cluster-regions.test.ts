import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, onTestFailed, onTestFinished } from 'vitest';
import { type ClusterErrand, startCluster } from '../cluster/support/cluster-errand.ts';
import { sql } from '../cluster/support/open-new-history.ts';
import { startLoad } from '../cluster/support/task-load.ts';
import { errandCalls } from '../harness/errand-calls.ts';
import { serveSite } from '../harness/loopback-site.ts';
import { eventually } from '../harness/process-tree.ts';
import { startCutProxy } from '../support/cut-proxy.ts';
import { startPostgres } from '../support/postgres-server.ts';
import { startRedis } from '../support/redis-server.ts';
import { serversMissing } from '../support/servers-missing.ts';

const LONG = { limitMs: 40_000 };

const REGION_COMMAND = join(resolve(import.meta.dirname, '../..'), 'apps/gateway/src/region/main.ts');

/** `npm run region -- <command>`: its exit code and all that it wrote. */
function region(command: string, name: string, url: string, peerUrl: string) {
	const env = { ...process.env, ERRAND_REGION: name, DATABASE_URL: url, DATABASE_PEER_URL: peerUrl };
	const { status, stdout, stderr } = spawnSync(process.execPath, [REGION_COMMAND, command], { env, encoding: 'utf8' });
	return { status, said: stdout + stderr };
}

const lsn = async (url: string, of: string) => {
	const [row] = await sql<{ at: number }>(url, `SELECT (${of} - '0/0'::pg_lsn)::float8 AS at`);
	return row?.at ?? 0;
};

it.skipIf(serversMissing() !== undefined)(
	'has another region end the tasks of one that is gone, and nothing of it counts when it comes back',
	async () => {
		const [postgresA, redisA, redisB] = await Promise.all([startPostgres(), startRedis(), startRedis()]);
		const databaseA = await postgresA.createDatabase();
		const postgresB = await postgresA.startStandby();
		const databaseB = databaseA.replace(`:${postgresA.port}/`, `:${postgresB.port}/`);
		const fromAToB = await startCutProxy(databaseB);
		const site = await serveSite({ '/count': { type: 'text/plain', body: 'counted' } });
		const clusters: ClusterErrand[] = [];
		onTestFailed(() => console.error(clusters.map((cluster) => cluster.outputs()).join('\n')));
		onTestFinished(async () => {
			await Promise.all(clusters.map((cluster) => cluster.dispose()));
			await fromAToB.close();
			await Promise.all([postgresB, postgresA, redisA, redisB, site].map((server) => server.stop()));
		});
		const common = {
			...{ cluster: 'regions', gateways: 1, programs: 'with-test-capabilities' as const },
			...{ secretKey: randomBytes(32).toString('hex'), token: 'owner-of-both' },
		};
		const open = async (name: 'a' | 'b', workers = 1) => {
			const [postgresUrl, redisUrl, peerUrl] =
				name === 'a' ? [databaseA, redisA.url, fromAToB.url] : [databaseB, redisB.url, databaseA];
			const allow = { ERRAND_ALLOW_PRIVATE_HOSTS: site.host };
			const env = { ...allow, ERRAND_REGION: name, DATABASE_PEER_URL: peerUrl };
			const cluster = await startCluster({ ...common, postgresUrl, redisUrl, workers, env });
			clusters.push(cluster);
			return cluster;
		};

		const a = await open('a');
		let home = a.gateway(0).url;
		const calls = errandCalls(() => home, common.token);
		const load = startLoad(calls, { name: 'region', tasks: 20, overMs: 1_000 });
		const count = { id: 'count', title: 'Count', capability: 'test.count' };
		const submitCount = () =>
			calls.submit({ goal: 'x', plan: [{ ...count, input: { url: `${site.origin}/count`, ms: 20_000 } }] });
		let counts = await submitCount();
		await load.submitted;
		const acted = async () => {
			if (site.asked.includes('/count')) return true;
			// On a machine that is too busy to keep a lock, it may be over before it began.
			if ((await calls.task(counts)).status === 'failed') counts = await submitCount();
			return false;
		};
		await eventually(acted, { limitMs: 30_000 });
		// What has not reached the standby by then would be lost with the region.
		const written = await lsn(databaseA, 'pg_current_wal_lsn()');
		await eventually(async () => (await lsn(databaseB, 'pg_last_wal_replay_lsn()')) >= written);

		await Promise.all([a.killAll(), postgresA.kill(), redisA.kill()]);
		const goneAt = performance.now();
		expect(region('adopt', 'b', databaseB, databaseA)).toMatchObject({
			status: 1,
			said: expect.stringContaining('standby'),
		});
		await sql(databaseB, 'SELECT pg_promote(true)');
		expect(region('adopt', 'b', databaseB, databaseA)).toMatchObject({
			status: 0,
			said: expect.stringContaining('epoch 2'),
		});
		const b = await open('b');
		home = b.gateway(0).url;
		expect(await load.wrong(60_000)).toEqual([]);
		expect(await calls.settled(counts)).toMatchObject({ plan: { steps: [{ error: { code: 'unknown-outcome' } }] } });
		expect(site.asked).toEqual(['/count']);
		console.info(`region gone to all tasks done elsewhere: ${Math.round(performance.now() - goneAt)} ms`);
		const ids = [counts, ...(await load.submitted)];
		const inB = () => Promise.all(ids.map((id) => calls.facts(id)));
		const factsInB = await inB();

		// It comes back with what it had, and sees nobody: it cannot know.
		await Promise.all([postgresA.restart(), redisA.restart()]);
		fromAToB.cut();
		const back = await open('a', 0);
		const alone = await back
			.gateway(0)
			.submit({ goal: 'Only here', plan: [{ ...count, capability: 'test.noop', input: {} }] });
		fromAToB.heal();
		const submit = () => back.gateway(0).call('POST', '/v1/tasks', { goal: 'Nobody hears of this' });
		await eventually(async () => (await submit()).status === 503, LONG);
		expect(await (await submit()).json()).toMatchObject({ code: 'store-unreachable' });
		await eventually(async () => {
			const ready = await back.gateway(0).call('GET', '/readyz');
			return (await ready.text()).includes('Postgres cannot be reached');
		}, LONG);
		const last = async () =>
			(await sql<{ n: number }>(databaseA, 'SELECT count(*)::int AS n FROM errand.appends'))[0]?.n;
		const before = await last();
		await wait(1_500);
		expect(await last()).toBe(before);

		expect(region('compare', 'a', databaseA, databaseB).said).toContain(`task-${alone}`);
		await back.killAll();
		// It stays so, whether the other region can be seen or not.
		fromAToB.cut();
		await expect(open('a', 0)).rejects.toThrow('"b" does, since epoch 2');
		expect(await inB()).toEqual(factsInB);
	},
	120_000,
);
