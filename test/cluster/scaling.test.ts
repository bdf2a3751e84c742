import { ErrandClient, type PlanStep } from '@errand/client/errand-client.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { type LoopbackSite, serveSite } from '../harness/loopback-site.ts';
import { eventually, type ProcessEntry, processesUnder, stillThere } from '../harness/process-tree.ts';
import { type ClusterErrand, startCluster } from './support/cluster-errand.ts';
import { ownPlace } from './support/own-place.ts';

const SCALING = {
	pools: {
		readers: { capabilities: ['web.read'], max: 2, concurrency: 2, calmMs: 2_000, shrinkEveryMs: 500, growBy: 1 },
	},
};

/** Two gateways and no worker: whoever holds the lease starts workers when there is work for them. */
describe('a cluster that scales itself', () => {
	let site: LoopbackSite;
	let cluster: ClusterErrand;
	let clients: ErrandClient[];

	beforeAll(async () => {
		site = await serveSite({
			'/page': (_request, response) => {
				setTimeout(() => response.writeHead(200, { 'Content-Type': 'text/plain' }).end('Here.'), 500);
			},
		});
		const { databaseUrl, redisUrl, cluster: name } = await ownPlace();
		cluster = await startCluster({
			...{ postgresUrl: databaseUrl, redisUrl, cluster: name, workers: 0 },
			env: { ERRAND_ALLOW_PRIVATE_HOSTS: site.host, ERRAND_SCALING: JSON.stringify(SCALING) },
		});
		clients = [0, 1].map((n) => new ErrandClient({ url: cluster.gateway(n).url, token: cluster.token }));
	});
	afterAll(async () => {
		await cluster?.dispose();
		await site?.stop();
	});

	const client = (index: number): ErrandClient => {
		onTestFailed(() => console.error(cluster.outputs()));
		const found = clients[index];
		if (found === undefined) throw new Error('The cluster was not started.');
		return found;
	};
	const workers = async () => {
		const answer = await cluster.any.call('GET', '/v1/workers');
		return ((await answer.json()) as { workers: { pid: number; pool?: string; state: string }[] }).workers;
	};
	const workerProcesses = async (): Promise<readonly ProcessEntry[]> => {
		const gateways = cluster.members('gateway').filter((member) => member.running());
		const under = await Promise.all(gateways.map(({ pid }) => processesUnder(pid)));
		return under.flat().filter(({ command }) => command.includes('apps/workers/src/main.ts'));
	};
	const read = (count: number) => {
		const plan = Array.from({ length: count }, (_, index) => step(`r${index}`, { url: `${site.origin}/page` }));
		return { goal: 'Read', plan };
	};

	it('starts workers of a pool for a task, and none is left when it is calm', { timeout: 150_000 }, async () => {
		expect(await workers()).toEqual([]);
		const { id } = await client(0).submit(read(8));
		const metrics = async () => (await cluster.any.call('GET', '/metrics')).text();
		const counted = /errand_pool_workers\{pool="readers",state="\w+"\} [12]\n/;
		// While there is something to do: soon after it they are gone.
		await eventually(async () => counted.test(await metrics()), { limitMs: 40_000, describe: metrics });
		await eventually(async () => (await cluster.gateway(1).task(id)).status === 'done', { limitMs: 40_000 });
		await eventually(async () => (await workers()).length === 0, { describe: workers });
		await eventually(async () => (await workerProcesses()).length === 0, { describe: workerProcesses });
	});

	it('has as many as an owner says, through any gateway', { timeout: 60_000 }, async () => {
		await client(1);
		const answer = await cluster.gateway(1).call('POST', '/v1/pools/readers/scale', { size: 1 });
		expect(answer.ok).toBe(true);
		await eventually(async () => (await workers()).filter(({ pool }) => pool === 'readers').length === 1, {
			limitMs: 40_000,
			describe: workers,
		});
	});

	it('scales on when the gateway dies that did, and leaves none of its workers behind', {
		timeout: 150_000,
	}, async () => {
		await cluster.gateway(0).call('POST', '/v1/pools/readers/scale', { size: 1 });
		await eventually(async () => (await workerProcesses()).length > 0, { limitMs: 40_000 });
		const [orphan] = await workerProcesses();
		if (orphan === undefined) throw new Error('No worker is there.');
		const leader = cluster.members('gateway').find(({ pid }) => pid === orphan.parent);
		if (leader === undefined) throw new Error('The worker is no child of a gateway.');
		await cluster.kill('gateway', leader.index);
		await eventually(async () => (await stillThere([orphan])).length === 0);
		await eventually(async () => (await workerProcesses()).some(({ pid }) => pid !== orphan.pid), { limitMs: 40_000 });
		const { id } = await client(1 - leader.index).submit(read(1));
		await eventually(async () => (await cluster.any.task(id)).status === 'done', { limitMs: 40_000 });
	});
});

function step(id: string, input: PlanStep['input']): PlanStep {
	return { id, title: id, capability: 'web.read', input, dependsOn: [], essential: true };
}
