import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ClusterErrand } from '../../cluster/support/cluster-errand.ts';
import { type LoopProcess, openLoopProcess } from '../loops/loop-process.ts';
import { endsWithUs } from '../services/ends-with-us.ts';
import { type BenchServers, startBenchCluster } from './bench-cluster.ts';

/** Subject is something that runs chains of durable steps, with what it needs around it. */
export interface Subject {
	readonly name: string;
	/** Chains a round at 50 in flight: about a second. */
	readonly chains: number;
	open(): Promise<OpenSubject>;
}

/** OpenSubject is a subject that is running. */
export interface OpenSubject {
	readonly loop: LoopProcess;
	readonly cluster?: ClusterErrand;
	close(): Promise<void>;
}

export const OUTSIDE = 'Errand, load outside (HTTP and socket)';
export const INSIDE = "Errand, load in the gateway's process";
const OUTSIDE_CHILD = 'Errand, load outside, steps in children';
const INSIDE_CHILD = "Errand, load in the gateway's process, steps in children";
export const BARE = 'without us: a Postgres row and a BullMQ job a step';

/** What chains need, and nothing else. */
const WORKER_ARGS = ['--capabilities', 'test.noop,test.noop-in-child,test.wait,test.when,test.when-in-child'];

/** chainSubjects are Errand as a cluster and its peers, all on the same Redis and Postgres. */
export function chainSubjects(servers: BenchServers): Subject[] {
	const outside = async (capability: string): Promise<OpenSubject> => {
		const place = await servers.newPlace();
		const cluster = await startBenchCluster(place, { gateways: 1, workers: 1, workerArgs: WORKER_ARGS });
		const { url } = cluster.gateway(0);
		const loop = await openLoopProcess('loops/outside-loop.ts', url, cluster.token, capability);
		return { loop, cluster, close: () => closeAll(loop, cluster) };
	};
	const inside = async (capability: string): Promise<OpenSubject> => {
		const { databaseUrl, redisUrl, name, secretKey } = await servers.newPlace();
		const given = [databaseUrl, redisUrl, name, secretKey, capability];
		const loop = await openLoopProcess('loops/cluster-loop.ts', ...given);
		const place = { databaseUrl, redisUrl, name, secretKey };
		const cluster = await startBenchCluster(place, { gateways: 0, workers: 1, workerArgs: WORKER_ARGS });
		return { loop, close: () => closeAll(loop, cluster) };
	};
	const alone = async (module: string, ...given: string[]): Promise<OpenSubject> => {
		const loop = await openLoopProcess(module, ...given);
		return { loop, close: () => loop.close() };
	};
	return [
		{ name: OUTSIDE, chains: 500, open: () => outside('test.noop') },
		{ name: INSIDE, chains: 800, open: () => inside('test.noop') },
		{ name: OUTSIDE_CHILD, chains: 200, open: () => outside('test.noop-in-child') },
		{ name: INSIDE_CHILD, chains: 250, open: () => inside('test.noop-in-child') },
		{ name: 'DBOS 5.3, PostgreSQL', chains: 300, open: () => alone('peers/dbos.ts', servers.postgres.url) },
		{ name: 'Restate 1.7', chains: 400, open: () => alone('peers/restate.ts') },
		{ name: BARE, chains: 600, open: () => bare(servers) },
	];
}

async function bare(servers: BenchServers): Promise<OpenSubject> {
	const worker = fork(join(import.meta.dirname, '../loops/bare-worker.ts'), [servers.redis.url]);
	endsWithUs(worker);
	await once(worker, 'message');
	const databaseUrl = await servers.postgres.createDatabase();
	const loop = await openLoopProcess('loops/bare-cluster-loop.ts', databaseUrl, servers.redis.url);
	return {
		loop,
		close: async () => {
			await loop.close();
			worker.disconnect();
		},
	};
}

async function closeAll(loop: LoopProcess, cluster: ClusterErrand): Promise<void> {
	await loop.close();
	await cluster.stopAll();
	await cluster.dispose();
}
