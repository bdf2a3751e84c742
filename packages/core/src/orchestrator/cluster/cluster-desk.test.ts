import { expect, test } from 'vitest';
import { asTaskId } from '../../domain/ids.ts';
import type { RegisteredWorker } from '../../ports/worker-registry.ts';
import { ClusterDesk } from './cluster-desk.ts';
import { loneWorker } from './lone-worker.ts';

const worker = (name: string, sessions: string[] = []): RegisteredWorker => ({
	worker: name,
	state: 'WAITING',
	since: 1,
	at: 1,
	capabilities: [],
	running: [],
	load: 0,
	rss: 1,
	host: 'h',
	pid: 1,
	release: '1.0.0',
	startedAt: 1,
	paused: false,
	sessions: sessions.map(asTaskId),
	slots: 1,
});
const depth = (capability: string, waiting: number, running: number) => ({
	capability,
	waiting,
	running,
	oldestWaitMs: 0,
});

test('lists workers by name, sessions by worker and the longest queue first', async () => {
	const order = async () => {};
	const desk = new ClusterDesk({
		registry: { list: () => [worker('b', ['t2', 't3']), worker('a', ['t1'])], order },
		depths: async () => [depth('idle', 0, 0), depth('x', 1, 0), depth('b', 3, 1), depth('a', 1, 0)],
	});
	expect(desk.workers().map((one) => one.worker)).toEqual(['a', 'b']);
	expect(desk.sessions()).toEqual([
		{ taskId: 't1', worker: 'a' },
		{ taskId: 't2', worker: 'b' },
		{ taskId: 't3', worker: 'b' },
	]);
	expect((await desk.queues()).map(({ capability }) => capability)).toEqual(['b', 'a', 'x']);
	expect(await desk.pools()).toEqual([]);
	await expect(desk.scale('web', 1)).rejects.toMatchObject({ code: 'not-found' });
});

test('the worker of a server takes no orders, and there is no other', async () => {
	const registry = loneWorker(() => worker('local'));
	expect(registry.list()).toHaveLength(1);
	await expect(registry.order('local', 'drain')).rejects.toMatchObject({ code: 'not-possible' });
	await expect(registry.order('other', 'drain')).rejects.toMatchObject({ code: 'not-found' });
});
