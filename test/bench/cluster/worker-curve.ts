import { setTimeout as wait } from 'node:timers/promises';
import { inFlight } from '../figures.ts';
import { type BenchPlan, benchPlan } from '../loops/bench-plan.ts';
import { type BenchServers, startBenchCluster } from './bench-cluster.ts';
import { openBenchGateway } from './bench-gateway.ts';

/** WorkerPoint is what so many workers get done. */
export interface WorkerPoint {
	readonly workers: number;
	readonly waitsPerSecond: number;
	readonly noopsPerSecond: number;
}

/** Runs at once of one worker, and how long (ms) a step waits: so many a second it could do at most. */
export const SLOTS = 4;
export const STEP_MS = 50;
const WIDE = 20;

/** measureWorkers adds workers to one gateway and measures after each addition. */
export async function measureWorkers(servers: BenchServers, counts: readonly number[]): Promise<WorkerPoint[]> {
	const place = await servers.newPlace();
	const gateway = await openBenchGateway(place);
	const workerArgs = ['--capabilities', 'test.wait,test.noop', '--concurrency', String(SLOTS)];
	const cluster = await startBenchCluster(place, { gateways: 0, workers: 0, workerArgs });
	const perSecond = async (plan: BenchPlan, steps: number) => {
		const tasks = Math.ceil(steps / WIDE);
		return WIDE * (await inFlight(tasks, Math.min(tasks, 20), () => gateway.run(plan))).perSecond;
	};
	const waits = benchPlan([WIDE], 'test.wait', { ms: STEP_MS });
	const noops = benchPlan([WIDE], 'test.noop');
	try {
		const points: WorkerPoint[] = [];
		for (const workers of counts) {
			while (cluster.members('worker').length < workers) await cluster.add('worker');
			await known(() => gateway.cluster.registry.list().length, workers);
			await perSecond(noops, 100);
			points.push({
				workers,
				waitsPerSecond: await perSecond(waits, workers * SLOTS * SECONDS * (1_000 / STEP_MS)),
				noopsPerSecond: await perSecond(noops, NOOPS),
			});
		}
		return points;
	} finally {
		await cluster.killAll();
		await cluster.dispose();
		await gateway.close();
	}
}

async function known(count: () => number, wanted: number): Promise<void> {
	for (let tries = 0; count() < wanted; tries++) {
		if (tries > 600) throw new Error(`Only ${count()} of ${wanted} workers are known.`);
		await wait(25);
	}
}

const SECONDS = 2;
const NOOPS = 1_500;
