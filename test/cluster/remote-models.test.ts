import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { openRedisLine } from '@errand/core/adapters/redis/open-redis-line.ts';
import { RedisServices } from '@errand/core/adapters/redis/redis-services.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import { serveModels } from '@errand/core/models/remote/model-service.ts';
import { RemoteModel } from '@errand/core/models/remote/remote-model.ts';
import { ScriptedModel } from '@errand/core/testing/scripted-model.ts';
import { afterEach, expect, onTestFailed, test } from 'vitest';
import { JobDesk } from './support/job-desk.ts';
import { ownPlace } from './support/own-place.ts';
import { eventually, testLines } from './support/redis-lines.ts';
import { startWorkerProcess } from './support/worker-process.ts';

const lines = testLines();
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
	for (const act of cleanUps.splice(0).reverse()) await act();
});

async function servicesOn(self: string) {
	const services = new RedisServices({ line: await lines.open(self), clock: new SystemClock(), log: lines.log });
	lines.cleanUp(() => services.stop());
	await services.start();
	return services;
}

const aRequest = { purpose: 'test', messages: [{ role: 'user', text: 'Hello?' }], maxTokens: 100 } as const;
const patient = () => ({ signal: AbortSignal.timeout(30_000) });

test('is the model of another process: its words as they come, its vectors, its refusals with what they cost', async () => {
	const [there, here] = await Promise.all([servicesOn('keys'), servicesOn('worker')]);
	const script = [
		{ pieces: ['Good ', 'day.'], falseStarts: ['Ba'] },
		Object.assign(new CoreError('model-refused', 'No.', { hint: 'Ask nicely.' }), {
			usage: { tokens: 9, microUsd: 4 },
		}),
	];
	const served = new ScriptedModel(script, { contextTokens: 12_345 });
	const embed = async (texts: readonly string[]) => ({
		vectors: texts.map((text) => [text.length, 0.5, -1]),
		usage: { tokens: 1, microUsd: 0 },
	});
	const stop = serveModels(
		there,
		Object.assign(Object.create(served), {
			name: 'stand-in',
			contextTokens: 12_345,
			reply: served.reply.bind(served),
			embed,
			views: () => [],
		}),
	);
	const model = new RemoteModel({ services: here });
	await eventually(() => expect(model).toMatchObject({ available: true, name: 'stand-in', contextTokens: 12_345 }));
	let text = '';
	const heard = {
		onText: (piece: string) => {
			text += piece;
		},
		onRestart: () => {
			text = '';
		},
	};
	expect(await model.reply(aRequest, { ...patient(), ...heard })).toMatchObject({ text: 'Good day.', finish: 'stop' });
	expect(text).toBe('Good day.');
	await expect(model.reply(aRequest, patient())).rejects.toMatchObject({
		...{ code: 'model-refused', hint: 'Ask nicely.', usage: { tokens: 9, microUsd: 4 } },
	});
	expect((await model.embed(['a', 'bcd'], patient())).vectors).toEqual([
		[1, 0.5, -1],
		[3, 0.5, -1],
	]);
	stop();
	await expect(model.reply(aRequest, patient())).rejects.toMatchObject({ code: 'model-unavailable' });
	await eventually(() => expect(model.available).toBe(false));
});

test('lets a worker without keys do what needs a model, exactly while one is offered', async () => {
	const place = await ownPlace();
	const dataDir = await mkdtemp(join(tmpdir(), 'errand-remote-model-'));
	cleanUps.push(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
	const desk = await JobDesk.open(place);
	cleanUps.push(() => desk.close());
	const worker = await startWorkerProcess({
		dataDir,
		name: 'keyless',
		args: ['--concurrency', '2'],
		...place,
	});
	cleanUps.push(() => worker.kill());
	onTestFailed(() => console.error(worker.output()));
	const can = (capability: string) =>
		desk.registry.list().some(({ pid, capabilities }) => {
			return pid === worker.pid && capabilities.some(({ name }) => name === capability);
		});
	await eventually(() => expect(can('text.extract')).toBe(true));
	expect(can('model.ask')).toBe(false);
	const line = await openRedisLine({ url: place.redisUrl, cluster: place.cluster, self: 'keys', log: lines.log });
	cleanUps.push(() => line.close());
	const services = new RedisServices({ line, clock: new SystemClock(), log: lines.log });
	cleanUps.push(() => services.stop());
	await services.start();
	const model = new ScriptedModel([{ pieces: ['Blue.'] }]);
	const stop = serveModels(services, Object.assign(model, { views: () => [] }));
	await eventually(() => expect(can('model.ask')).toBe(true));
	const ended = await desk.run('t1', 'step', { capability: 'model.ask', input: { prompt: 'Which colour?' } });
	expect(ended.outcome).toMatchObject({ kind: 'completed', output: { text: 'Blue.' } });
	stop();
	await eventually(() => expect(can('model.ask')).toBe(false));
	expect(can('text.extract')).toBe(true);
});
