import { setTimeout as wait } from 'node:timers/promises';
import { type ClusterErrand, startCluster } from '../../cluster/support/cluster-errand.ts';
import { type Door, openDoor } from '../../harness/door.ts';
import { startPostgres } from '../../support/postgres-server.ts';
import { startRedis } from '../../support/redis-server.ts';
import { spreadOf } from '../figures.ts';
import { ms, type Section } from '../section.ts';

const KILLS = 30;
/** Longer than anybody takes to start it again elsewhere. */
const STEP_MS = 3_000;
const WANTED = { p50: 700, p95: 900, max: 1_000 };

/** measureFailover kills a worker in the middle of a step again and again, and looks when the step starts elsewhere. */
export async function measureFailover(): Promise<Section> {
	const [redis, postgres, door] = await Promise.all([startRedis({ aof: true }), startPostgres(), openDoor()]);
	const cluster = await startCluster({
		...{ postgresUrl: await postgres.createDatabase(), redisUrl: redis.url, cluster: 'failover' },
		...{ gateways: 1, workers: 3, programs: 'with-test-capabilities' },
	});
	try {
		const times: { started: number; knocked: number }[] = [];
		for (let round = 0; round < KILLS; round++) times.push(await killOnce(cluster, door, `step-${round}`));
		const started = spreadOf(times.map((one) => one.started));
		const knocked = spreadOf(times.map((one) => one.knocked));
		return {
			title: 'A worker that dies',
			how: `A gateway and three workers with a step each time in the middle of its work, whose worker is killed (SIGKILL): ${KILLS} times, once everything is back from the time before. Started elsewhere is when history has the start; at work there is when the handler, in a process of its own, does the first thing that somebody outside sees. Nobody tells anybody of the death: locks of half a second run out, and are looked at five times a second, twice.`,
			tables: [
				{
					columns: ['from the kill until the step', 'p50 ms', 'p95', 'max'],
					rows: [
						['is started elsewhere', ms(started.p50), ms(started.p95), ms(started.max)],
						['is at work there', ms(knocked.p50), ms(knocked.p95), ms(knocked.max)],
					],
				},
			],
			goals: (['p50', 'p95', 'max'] as const).map((name) => ({
				what: `from the kill to the start elsewhere, ${name}`,
				wanted: `≤ ${ms(WANTED[name])} ms`,
				measured: `${ms(started[name])} ms`,
				met: started[name] <= WANTED[name],
			})),
		};
	} finally {
		await cluster.dispose();
		await door.close();
		await Promise.all([redis.stop(), postgres.stop()]);
	}
}

async function killOnce(cluster: ClusterErrand, door: Door, name: string) {
	const input = { url: door.at(name), ms: STEP_MS, say: name };
	const id = await cluster.any.submit({
		goal: name,
		plan: [{ id: 'knock', title: name, capability: 'test.knock', input }],
	});
	const knocks = () => door.knocks.filter((knock) => knock.name === name);
	while (knocks().length === 0) await wait(5);
	const [first] = await starts(cluster, id);
	const index = Number(/^worker-(\d+)/.exec(first?.worker ?? '')?.[1]);
	const killedAt = Date.now();
	await cluster.kill('worker', index);
	const { status } = await cluster.any.settled(id);
	if (status !== 'done') throw new Error(`A step whose worker was killed ended as ${status}.`);
	const [, second] = await starts(cluster, id);
	const again = knocks()[1];
	if (second === undefined || again === undefined) throw new Error('A step was not started elsewhere.');
	await cluster.restart('worker', index);
	await wait(500);
	return { started: second.at - killedAt, knocked: again.at - killedAt };
}

async function starts(cluster: ClusterErrand, id: string): Promise<{ at: number; worker: string }[]> {
	const facts = await cluster.any.facts(id);
	return facts.flatMap((fact) => (fact.type === 'StepStarted' ? [{ at: fact.at, worker: fact.data.worker }] : []));
}

if (import.meta.main) console.dir(await measureFailover(), { depth: null });
