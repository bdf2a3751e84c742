import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { inFlight, median } from '../bench/figures.ts';
import { type ClusterOptions, startCluster } from '../cluster/support/cluster-errand.ts';

/** GatewayStart is what the start of a gateway took (ms), from the start of its process. */
export interface GatewayStart {
	readonly readyMs: number;
	/** Until it drove all tasks that were open. */
	readonly adoptedMs: number;
}

type Place = Pick<ClusterOptions, 'postgresUrl' | 'redisUrl'>;

const STARTS = 3;
const LIMIT_MS = 60_000;
/** Of what the killed one drove, so that a start does not wait for its end. */
const LEASE_OVER_MS = 2_000;

/** leaveOpenTasks submits tasks whose steps no worker is there for, and kills the gateway that has taken them. */
export async function leaveOpenTasks(place: Place, tasks: number): Promise<void> {
	await withGateway(place, async ({ any }) => {
		const plan = [{ id: 'a', title: 'Wait', capability: 'test.wait', input: { ms: 1 } }];
		let n = 0;
		await inFlight(tasks, 10, () => any.submit({ goal: `Open ${n++}`, plan }));
	});
}

/** startGateway starts a gateway some times and kills it again; the median. */
export async function startGateway(place: Place, open: number): Promise<GatewayStart> {
	const starts: GatewayStart[] = [];
	for (let start = 0; start < STARTS; start++) {
		await wait(LEASE_OVER_MS);
		const from = performance.now();
		await withGateway(place, async (cluster) => {
			const readyMs = performance.now() - from;
			const pid = cluster.members('gateway')[0]?.pid ?? 0;
			await untilDriven(place.postgresUrl, pid, open);
			starts.push({ readyMs, adoptedMs: performance.now() - from });
		});
	}
	return {
		readyMs: median(starts.map(({ readyMs }) => readyMs)),
		adoptedMs: median(starts.map(({ adoptedMs }) => adoptedMs)),
	};
}

async function withGateway(
	place: Place,
	use: (cluster: Awaited<ReturnType<typeof startCluster>>) => Promise<void>,
): Promise<void> {
	const dataDir = await mkdtemp(join(tmpdir(), 'errand-soak-'));
	const options = { ...place, dataDir, cluster: 'soak', secretKey: 'ab'.repeat(32), gateways: 1, workers: 0 };
	const cluster = await startCluster({ ...options, programs: 'with-test-capabilities' });
	try {
		await use(cluster);
	} finally {
		await cluster.dispose();
		await rm(dataDir, { recursive: true, force: true });
	}
}

async function untilDriven(url: string, pid: number, open: number): Promise<void> {
	const client = new Client({ connectionString: url });
	await client.connect();
	try {
		for (const until = Date.now() + LIMIT_MS; Date.now() < until; await wait(10)) {
			const query = 'SELECT count(*)::int AS n FROM errand.streams WHERE open AND home LIKE $1';
			const { rows } = await client.query<{ n: number }>(query, [`%-${pid}-%`]);
			if ((rows[0]?.n ?? 0) >= open) return;
		}
		throw new Error(`The gateway did not adopt ${open} tasks in ${LIMIT_MS} ms.`);
	} finally {
		await client.end();
	}
}
