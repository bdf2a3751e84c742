import { randomBytes } from 'node:crypto';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { RedisSessionLeases } from '@errand/core/adapters/redis/redis-session-leases.ts';
import { RedisSessionPool } from '@errand/core/adapters/redis/redis-session-pool.ts';
import { workerAcl } from '@errand/core/adapters/redis/worker-acl.ts';
import { WorkerBeat } from '@errand/core/adapters/redis/worker-beat.ts';
import { RedisWorkerRegistry } from '@errand/core/adapters/redis/worker-registry.ts';
import { asTaskId } from '@errand/core/domain/ids.ts';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { type RedisNodes, startRedisNodes } from '../support/redis-cluster.ts';
import { type ClusterErrand, startCluster } from './support/cluster-errand.ts';
import { aWorker } from './support/dispatch.ts';
import { MAY_STARVE } from './support/may-starve.ts';
import { newDatabase } from './support/open-new-history.ts';
import { eventually, testLines } from './support/redis-lines.ts';

const lines = testLines();
describe('a Redis Cluster of three nodes', () => {
	let nodes: RedisNodes;
	beforeAll(async () => {
		nodes = await startRedisNodes();
	});
	afterAll(() => nodes?.stop());

	it(
		'has all of one Errand on one node, whichever is asked first, and is followed when it goes to another one',
		MAY_STARVE,
		async () => {
			const [one, two] = await Promise.all([lines.open('one', nodes.urls[0]), lines.open('two', nodes.urls[1])]);
			await expect(one.commands.mget('a', 'b')).rejects.toThrow('CROSSSLOT');
			const heard: string[] = [];
			await two.channels.listen('words', (text) => heard.push(text));

			const parts = async (task: string, worker: string) => {
				const registry = new RedisWorkerRegistry({ line: one, clock: new SystemClock(), log: lines.log });
				await registry.start();
				const orders: string[] = [];
				const beat = new WorkerBeat({
					line: two,
					describe: () => aWorker(worker),
					onOrder: (order) => orders.push(order),
				});
				await beat.start();
				await eventually(() => expect(registry.list()).toHaveLength(1));
				await registry.order(worker, 'pause');
				await eventually(() => expect(orders).toEqual(['pause']));
				await beat.stop();
				await eventually(() => expect(registry.list()).toHaveLength(0));
				await registry.stop();

				const seal = { seal: (_: string, text: string) => text, open: (_: string, sealed: string) => sealed };
				const sessions = new RedisSessionLeases({ line: two, worker, seal, log: lines.log });
				sessions.start({ closing: async () => {}, lapsed: () => {} });
				expect((await sessions.claim(asTaskId(task), AbortSignal.timeout(30_000))).kind).toBe('held');
				expect(await new RedisSessionPool(one).workerOf(asTaskId(task))).toBe(worker);
				await sessions.stop();
			};
			await parts('t1', 'w1');
			// Whoever publishes is told by whom it is heard: all are on one node.
			expect(await one.commands.publish('words', 'before')).toBe(1);

			const lease = await one.leases.acquire('discord');
			const owner = await nodes.ownerOf(one.keys.marker);
			await nodes.move(one.keys.marker, (owner + 1) % 3);
			await parts('t2', 'w2');
			await eventually(async () => expect(await one.commands.publish('words', 'after')).toBe(1));
			await eventually(() => expect(heard).toContain('after'));
			expect(lease?.lost.aborted).toBe(false);
			await lease?.release();
			expect(lines.log.warn).not.toHaveBeenCalledWith('redis lost everything');
		},
	);

	describe('with a gateway and a worker', () => {
		const name = `test-${randomBytes(6).toString('hex')}`;
		let cluster: ClusterErrand;
		beforeAll(async () => {
			await nodes.setUser('worker', 'for-tests', workerAcl(name, { oneSlot: true }));
			const worker = new URL(nodes.urls[2] ?? '');
			worker.username = 'worker';
			worker.password = 'for-tests';
			cluster = await startCluster({
				...{ postgresUrl: await newDatabase(), redisUrl: nodes.urls[1] ?? '', cluster: name },
				...{ gateways: 2, workers: 1, programs: 'with-test-capabilities' },
				envOf: { worker: { REDIS_URL: worker.href } },
			});
		}, 120_000);
		afterAll(() => cluster?.dispose());

		const submit = (tasks: number) =>
			Promise.all(
				Array.from({ length: tasks }, (_, n) => {
					const waits = (id: string, dependsOn: string[]) => ({
						...{ id, title: id, capability: 'test.wait-in-child', input: { ms: 400 }, dependsOn, essential: true },
					});
					return cluster.any.submit({
						goal: `Task ${n}`,
						plan: [waits('a', []), waits('b', ['a']), waits('c', ['b'])],
					});
				}),
			);
		const endOnce = async (ids: readonly string[]) => {
			for (const id of ids) {
				expect(await cluster.any.settled(id, 60_000)).toMatchObject({ status: 'done' });
				const facts = await cluster.any.facts(id);
				expect(facts.flatMap((fact) => (fact.type === 'StepCompleted' ? [fact.data.stepId] : []))).toEqual([
					...['a', 'b', 'c'],
				]);
			}
		};

		it('does its tasks, also those that are under way while everything goes to another node', async () => {
			onTestFailed(async () => console.error(cluster.outputs(), await nodes.beliefs()));
			const ids = await submit(6);
			const owner = await nodes.ownerOf(`{${name}}`);
			await nodes.move(`{${name}}`, (owner + 1) % 3);
			await endOnce(ids);
		}, 120_000);

		it('goes on with the replica when the node is killed that has everything', async () => {
			onTestFailed(async () => console.error(cluster.outputs(), await nodes.beliefs()));
			await nodes.replicate(`{${name}}`);
			const ids = await submit(6);
			await nodes.kill(await nodes.ownerOf(`{${name}}`));
			await endOnce(ids);
			// Sockets, calls of services and leases are there again as well.
			await endOnce(await submit(2));
		}, 180_000);
	});
});
