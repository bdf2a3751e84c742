import { startRedis } from '../../support/redis-server.ts';
import { type BenchServers, startBenchCluster } from '../cluster/bench-cluster.ts';
import { type LoopProcess, openLoopProcess } from '../loops/loop-process.ts';

/** WorkflowSubject is an engine that runs workflows, and how often it does so in a round. */
export interface WorkflowSubject {
	readonly name: string;
	/** When what it acknowledges is on disk. */
	readonly durable: string;
	/** Runs of the ten steps, and of the fan, a round at 50 in flight: about a second. */
	readonly tens: number;
	readonly fans: number;
	/** Runs of each a round, one by one. */
	readonly alone: number;
	/** Undefined where the servers it needs are not installed. */
	open(): Promise<OpenSubject | undefined>;
}

/** OpenSubject is one that is running. */
export interface OpenSubject {
	readonly loop: LoopProcess;
	close(): Promise<void>;
}

export const BARE = 'bare loop';
export const OURS = 'Errand, embedded';
export const OURS_IN_CLUSTER = 'Errand, cluster';

/** workflowSubjects are the bare loop, Errand both ways and its peers. */
export function workflowSubjects(servers: BenchServers | undefined): WorkflowSubject[] {
	const alone = async (module: string, ...given: string[]) => {
		const loop = await openLoopProcess(module, ...given);
		return { loop, close: () => loop.close() };
	};
	const counts = (tens: number, fans: number, single: number) => ({ tens, fans, alone: single });
	return [
		{ name: BARE, durable: 'every commit', ...counts(3_000, 1_000, 100), open: () => alone('loops/bare-loop.ts') },
		{
			name: OURS,
			durable: 'every commit',
			...counts(1_500, 250, 100),
			open: () => alone('loops/our-workflow-loop.ts'),
		},
		{
			...{ name: OURS_IN_CLUSTER, durable: 'every commit', ...counts(150, 30, 40) },
			open: async () => servers && inCluster(servers),
		},
		{
			...{ name: 'BullMQ 6.7 flows, Redis', durable: 'within a second', ...counts(400, 60, 50) },
			open: async () => servers && alone('peers/bullmq.ts', servers.redis.url),
		},
		{
			...{ name: 'BullMQ 6.7 flows, Redis synced each time', durable: 'every command', ...counts(300, 40, 30) },
			open: async () => servers && overSyncedRedis(),
		},
		{
			...{ name: 'DBOS 5.3, PostgreSQL', durable: 'every commit', ...counts(100, 15, 20) },
			open: async () => servers && alone('peers/dbos.ts', await servers.postgres.createDatabase()),
		},
		{
			...{ name: 'Restate 1.7', durable: 'not synced each time', ...counts(300, 60, 50) },
			open: () => alone('peers/restate.ts'),
		},
		{
			...{ name: 'openworkflow 0.10, SQLite', durable: 'every commit', ...counts(100, 15, 10) },
			open: () => alone('peers/openworkflow.ts'),
		},
	];
}

/** With the durability that the engines on databases have. */
async function overSyncedRedis(): Promise<OpenSubject> {
	const redis = await startRedis({ aof: true, synced: 'always' });
	const loop = await openLoopProcess('peers/bullmq.ts', redis.url);
	return {
		loop,
		close: async () => {
			await loop.close();
			await redis.stop();
		},
	};
}

async function inCluster(servers: BenchServers): Promise<OpenSubject> {
	const { databaseUrl, redisUrl, name, secretKey } = await servers.newPlace();
	const loop = await openLoopProcess('loops/cluster-workflow-loop.ts', databaseUrl, redisUrl, name, secretKey);
	const place = { databaseUrl, redisUrl, name, secretKey };
	const workerArgs = ['--capabilities', 'test.noop,test.when'];
	const cluster = await startBenchCluster(place, { gateways: 0, workers: 1, workerArgs });
	return {
		loop,
		close: async () => {
			await loop.close();
			await cluster.stopAll();
			await cluster.dispose();
		},
	};
}
