import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { RedisServices } from '@errand/core/adapters/redis/redis-services.ts';
import { workerAcl } from '@errand/core/adapters/redis/worker-acl.ts';
import { asStepId, asTaskId, taskStream } from '@errand/core/domain/ids.ts';
import { openWorkerPorts } from '@errand/core/infrastructure/open-worker-ports.ts';
import type { RegisteredWorker, WorkerOrder } from '@errand/core/ports/worker-registry.ts';
import { expect, inject, test } from 'vitest';
import { aWorker } from './support/dispatch.ts';
import { JobDesk } from './support/job-desk.ts';
import { eventually, testLines } from './support/redis-lines.ts';

const lines = testLines();

/** A worker's user of this cluster alone, and the address under which it comes in. */
async function makeUser() {
	const admin = await lines.open('admin');
	const { cluster } = admin.keys;
	const [user, password] = [`${cluster}-worker`, randomBytes(12).toString('hex')];
	await admin.commands.acl('SETUSER', user, 'reset', 'on', `>${password}`, ...workerAcl(cluster));
	lines.cleanUp(() => admin.commands.acl('DELUSER', user));
	const url = new URL(inject('redisUrl'));
	url.username = user;
	url.password = password;
	const refusals = async () => {
		const log = (await admin.commands.acl('LOG')) as unknown[][];
		return log.filter((entry) => entry.includes(user));
	};
	return { admin, cluster, url: url.href, refusals };
}

test('lets a worker do all of its work', async () => {
	const { admin, cluster, url, refusals } = await makeUser();
	const folder = await mkdtemp(join(tmpdir(), 'errand-test-acl-'));
	lines.cleanUp(() => rm(folder, { recursive: true, force: true }));
	const desk = await JobDesk.open({ redisUrl: inject('redisUrl'), cluster });
	lines.cleanUp(() => desk.close());
	const ports = await openWorkerPorts({
		...{ redisUrl: url, cluster, secretKey: randomBytes(32).toString('hex'), worker: 'w1', log: lines.log },
		...{ dataDir: join(folder, 'shared'), localDir: join(folder, 'own') },
	});
	lines.cleanUp(() => ports.close());
	const task = asTaskId('t1');
	ports.sessionLeases.start({ closing: async () => {}, lapsed: () => {} });
	const orders: WorkerOrder[] = [];
	const capability = 'text.compare';
	const self: RegisteredWorker = aWorker('w1', {
		capabilities: [{ name: capability, version: 1, placement: 'inline', concurrency: 2, running: 0 }],
	});
	const beat = ports.beat(
		() => self,
		(order) => orders.push(order),
	);
	const capabilities = [{ name: capability }];
	const { queue, reports } = ports.jobs(() => capabilities);
	const consumption = queue.consume({
		freeSlots: () => 2,
		take: (job, run) => {
			const report = { job, run, worker: 'w1' };
			void (async () => {
				expect(await reports.started(report)).toBe(true);
				ports.bus.publish('progress', { taskId: job.taskId, stepId: job.stepId, percent: 50 });
				const claim = await ports.sessionLeases.claim(job.taskId, AbortSignal.timeout(30_000));
				expect(claim.kind).toBe('held');
				await reports.ended(report, { kind: 'completed', output: { ok: true }, origins: [] });
				consumption.settled(job.id);
			})();
		},
	});
	const heard: unknown[] = [];
	admin.bus.subscribe('progress', (progress) => heard.push(progress));
	await admin.bus.attend(taskStream(task));
	await beat.start();
	await desk.worker(({ worker }) => worker === 'w1');
	const ended = await desk.run(task, 'step', { capability });
	expect(ended.outcome).toMatchObject({ kind: 'completed' });
	await eventually(() => expect(heard).toEqual([{ taskId: task, stepId: asStepId('step'), percent: 50 }]));
	expect(await desk.pool.workerOf(task)).toBe('w1');
	await desk.registry.order('w1', 'pause');
	await eventually(() => expect(orders).toEqual(['pause']));
	const gateway = new RedisServices({ line: admin, clock: new SystemClock(), log: lines.log });
	lines.cleanUp(() => gateway.stop());
	await gateway.start();
	gateway.register('models', async ({ body }) => body);
	await eventually(() => expect(ports.services.state('models').available).toBe(true));
	expect(await ports.services.call('models', 'echo', 'heard', { timeoutMs: 30_000 })).toBe('heard');
	await beat.stop();
	consumption.stop();
	expect(await refusals()).toEqual([]);
});

test('lets a worker see nothing else and disturb nobody', async () => {
	const { admin, url } = await makeUser();
	const { commands, keys } = await lines.open('w1', url);
	await admin.commands.set(keys.lease('discord'), 'x');
	await admin.commands.xadd(keys.outcomes('home'), '*', 'r', 'x');
	const forbidden: (readonly string[])[] = [
		['get', 'anything'],
		['get', keys.lease('discord')],
		['set', keys.lease('discord'), 'mine'],
		['get', `{${keys.cluster}-other:marker}`],
		['xrange', keys.outcomes('home'), '-', '+'],
		['get', keys.sockets.streamName],
		['hgetall', keys.workerStats],
		['eval', "return redis.call('GET', 'anything')", '0'],
		['publish', keys.factsChannel(taskStream(asTaskId('t1'))), 'x'],
		['publish', keys.processChannel('home'), 'x'],
		['publish', keys.callsChannel('webhook /discord/interactions'), 'x'],
		['publish', keys.callAnswersChannel('home'), 'x'],
		['publish', keys.serviceCallsChannel('other', 'home'), 'x'],
		['subscribe', keys.serviceAnswersChannel('other', 'home')],
		['hset', keys.services('offers'), 'w1', '{"models":{"instances":1,"running":0}}'],
		['zadd', keys.services('alive'), '1', 'w1'],
		['subscribe', keys.callsChannel('webhook /discord/interactions')],
		['subscribe', keys.callAnswersChannel('home')],
		['subscribe', keys.factsChannel(taskStream(asTaskId('t1')))],
		...['flushall', 'flushdb', 'keys *', 'scan 0', 'randomkey', 'dbsize', 'config get *', 'acl list', 'shutdown'],
		...['client list', 'script flush', 'monitor', 'swapdb 0 1', 'psubscribe *', 'function flush'],
	].map((words) => (typeof words === 'string' ? words.split(' ') : words));
	for (const [command = '', ...args] of forbidden) {
		const answer = await commands.call(command, ...args).then(
			() => 'done',
			(error: Error) => error.message,
		);
		expect(`${command} ${args.join(' ')}: ${answer}`).toMatch(/NOPERM|can't access at least one/);
	}
	expect(await admin.commands.get(keys.lease('discord'))).toBe('x');
	await admin.commands.del(keys.lease('discord'), keys.outcomes('home'));
});
