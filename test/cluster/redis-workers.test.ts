import { setTimeout as wait } from 'node:timers/promises';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import type { RedisLine } from '@errand/core/adapters/redis/open-redis-line.ts';
import { WorkerBeat } from '@errand/core/adapters/redis/worker-beat.ts';
import { RedisWorkerRegistry } from '@errand/core/adapters/redis/worker-registry.ts';
import { asPersonId, type PersonId } from '@errand/core/domain/ids.ts';
import type { RegisteredWorker, WorkerEvent, WorkerOrder } from '@errand/core/ports/worker-registry.ts';
import { expect, test } from 'vitest';
import { startRedis } from '../support/redis-server.ts';
import { MAY_STARVE } from './support/may-starve.ts';
import { eventually, testLines } from './support/redis-lines.ts';

const lines = testLines();
async function openGateway(self: string, url?: string) {
	const line = await lines.open(self, url);
	const registry = new RedisWorkerRegistry({ line, clock: new SystemClock(), log: lines.log });
	const events: WorkerEvent[] = [];
	registry.subscribe((event) => events.push(event));
	lines.cleanUp(() => registry.stop());
	await registry.start();
	const kinds = (worker: string) => events.filter((event) => event.worker.worker === worker).map(({ kind }) => kind);
	return { line, registry, events, kinds, names: () => registry.list().map(({ worker }) => worker) };
}

async function startWorker(line: RedisLine, change: Partial<RegisteredWorker> = {}) {
	const now: { worker: RegisteredWorker } = { worker: { ...aWorker(line.self), ...change } };
	const orders: WorkerOrder[] = [];
	const forgotten: PersonId[] = [];
	const beat = new WorkerBeat({
		...{ line, describe: () => now.worker },
		onOrder: (order) => orders.push(order),
		onForget: (person) => forgotten.push(person),
	});
	lines.cleanUp(() => beat.stop());
	await beat.start();
	return { beat, orders, forgotten, now };
}

function aWorker(worker: string): RegisteredWorker {
	return {
		...{ worker, host: 'box', pid: 1, release: '0.3.0', startedAt: 1, slots: 4, paused: false, sessions: [] },
		...{ state: 'WAITING', since: 1, at: 1, running: [], load: 0, rss: 50_000_000 },
		capabilities: [{ name: 'web.read', version: 1, placement: 'process', concurrency: 4, running: 0 }],
	};
}

test(
	'lists workers that came, tells what changed, and takes those off at once that say goodbye',
	MAY_STARVE,
	async () => {
		const [one, two] = await Promise.all([openGateway('g1'), openGateway('g2')]);
		const { beat, now } = await startWorker(await lines.open('w1'));
		await eventually(() => expect([one.names(), two.names()]).toEqual([['w1'], ['w1']]));
		const { at, ...listed } = one.registry.list()[0] ?? aWorker('none');
		expect(listed).toMatchObject({ worker: 'w1', host: 'box', slots: 4, state: 'WAITING' });
		now.worker = { ...now.worker, state: 'BUSY', load: 0.5 };
		beat.beatNow();
		await eventually(() => expect(one.registry.list()[0]).toMatchObject({ state: 'BUSY', load: 0.5 }));
		await eventually(() => expect(one.registry.list()[0]?.at).toBeGreaterThan(at));
		await beat.stop();
		await beat.stop();
		await eventually(() => expect([one.names(), two.names()]).toEqual([[], []]));
		for (const { events } of [one, two])
			expect(events.at(-1)).toMatchObject({ kind: 'left', worker: { worker: 'w1', host: 'box' } });
		await wait(700);
		expect(one.kinds('w1')).toEqual(['joined', 'changed', 'left']);
	},
);

test('tells each gateway once that a worker died, and of none that is still heard', MAY_STARVE, async () => {
	const [one, two] = await Promise.all([openGateway('g1'), openGateway('g2')]);
	const dying = await lines.open('w1');
	await Promise.all([startWorker(dying), startWorker(await lines.open('w2'))]);
	await eventually(() => expect(one.names()).toEqual(['w1', 'w2']));
	// Long enough for those who came with the first gateway to be judged.
	await wait(1_600);
	dying.commands.disconnect();
	await eventually(() => expect([one.names(), two.names()]).toEqual([['w2'], ['w2']]));
	for (const { kinds } of [one, two]) {
		expect(kinds('w1').filter((kind) => kind === 'died')).toEqual(['died']);
		expect(kinds('w2')).not.toContain('died');
	}
	const late = await openGateway('g3');
	expect(late.names()).toEqual(['w2']);
	expect(late.kinds('w1')).toEqual([]);
});

test('gives an order once, also one that was sent while the worker could not be reached', async () => {
	const gateway = await openGateway('g1');
	const { line, proxy } = await lines.openThroughProxy('w1');
	const { orders } = await startWorker(line);
	await eventually(() => expect(gateway.names()).toEqual(['w1']));
	await gateway.registry.order('w1', 'pause');
	await eventually(() => expect(orders).toEqual(['pause']));
	proxy.cut();
	await gateway.registry.order('w1', 'resume');
	await gateway.registry.order('w1', 'drain');
	await wait(200);
	proxy.heal();
	await eventually(() => expect(orders).toEqual(['pause', 'resume', 'drain']));
	await eventually(async () => expect(await gateway.line.commands.exists(gateway.line.keys.orders('w1'))).toBe(0));
	expect(orders).toHaveLength(3);
	await expect(gateway.registry.order('nobody', 'pause')).rejects.toMatchObject({ code: 'not-found' });
});

test('has all workers forget a person, those also that are cut off for a moment', async () => {
	const { registry, names } = await openGateway('g1');
	const one = await startWorker(await lines.open('w1'));
	const { line, proxy } = await lines.openThroughProxy('w2');
	const two = await startWorker(line);
	await eventually(() => expect(names()).toEqual(['w1', 'w2']));
	proxy.cut();
	await registry.forget(asPersonId('discord:1'));
	await registry.forget(asPersonId('p/2'));
	proxy.heal();
	await eventually(() => expect(one.forgotten).toEqual(['discord:1', 'p/2']));
	await eventually(() => expect(two.forgotten).toEqual(['discord:1', 'p/2']));
	expect([...one.orders, ...two.orders]).toEqual([]);
});

test(
	'counts heartbeats, orders and a goodbye once where their answers were lost and they were sent again',
	MAY_STARVE,
	async () => {
		const { line: gatewayLine, proxy: gatewayProxy } = await lines.openThroughProxy('g1');
		const registry = new RedisWorkerRegistry({ line: gatewayLine, clock: new SystemClock(), log: lines.log });
		lines.cleanUp(() => registry.stop());
		await registry.start();
		const watching = await openGateway('g2');
		const { line, proxy } = await lines.openThroughProxy('w1');
		proxy.dropAnswers(1);
		const { beat, orders } = await startWorker(line);
		await eventually(() => expect(watching.names()).toEqual(['w1']));
		gatewayProxy.dropAnswers(1);
		await registry.order('w1', 'pause');
		await eventually(() => expect(orders).toEqual(['pause']));
		proxy.dropAnswers(1);
		await wait(1_000);
		proxy.dropAnswers(1);
		await beat.stop();
		await eventually(() => expect(watching.names()).toEqual([]));
		expect(orders).toEqual(['pause']);
		expect(watching.kinds('w1').filter((kind) => kind !== 'changed')).toEqual(['joined', 'left']);
	},
);

test('takes nobody for dead because Redis was away, stood still or lost everything', MAY_STARVE, async () => {
	const redis = await startRedis({ aof: true });
	lines.cleanUp(() => redis.stop());
	const gateway = await openGateway('g1', redis.url);
	await startWorker(await lines.open('w1', redis.url));
	await startWorker(await lines.open('w2', redis.url));
	await eventually(() => expect(gateway.names()).toEqual(['w1', 'w2']));
	await redis.kill();
	await wait(1_700);
	await redis.restart();
	await eventually(() => expect(gateway.line.reachable()).toBe(true));
	process.kill(redis.pid, 'SIGSTOP');
	await wait(1_700);
	process.kill(redis.pid, 'SIGCONT');
	await wait(1_000);
	await redis.restart({ wipe: true });
	await eventually(() => expect(gateway.line.reachable()).toBe(true));
	await wait(2_500);
	expect(gateway.names()).toEqual(['w1', 'w2']);
	for (const worker of ['w1', 'w2']) expect(gateway.kinds(worker)).not.toContain('died');
});
