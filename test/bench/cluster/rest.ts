import { setTimeout as wait } from 'node:timers/promises';
import type { ClusterErrand } from '../../cluster/support/cluster-errand.ts';
import { processorMs, untilQuiet } from '../services/process-load.ts';
import { treeMemory } from '../services/process-memory.ts';

/** AtRest is what a process of a cluster takes with nothing to do. */
export interface AtRest {
	/** Of one processor, from 0 to 1. */
	readonly processor: number;
	readonly bytes: number;
}

/** measureRest looks at one gateway and one worker for some time. */
export async function measureRest(cluster: ClusterErrand, forMs: number): Promise<{ gateway: AtRest; worker: AtRest }> {
	const pidOf = (kind: 'gateway' | 'worker') => {
		const [member] = cluster.members(kind);
		if (member === undefined) throw new Error(`The cluster has no ${kind}.`);
		return member.pid;
	};
	const pids = { gateway: pidOf('gateway'), worker: pidOf('worker') };
	await untilQuiet(pids.gateway);
	await untilQuiet(pids.worker);
	const since = performance.now();
	const before = { gateway: processorMs(pids.gateway), worker: processorMs(pids.worker) };
	await wait(forMs);
	const passed = performance.now() - since;
	const of = (kind: 'gateway' | 'worker') => ({
		processor: (processorMs(pids[kind]) - before[kind]) / passed,
		bytes: treeMemory(pids[kind]).bytes,
	});
	return { gateway: of('gateway'), worker: of('worker') };
}
