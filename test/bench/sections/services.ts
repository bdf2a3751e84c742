import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { InProcessServices } from '@errand/core/adapters/in-process/in-process-services.ts';
import { SystemClock } from '@errand/core/adapters/in-process/system-clock.ts';
import { openRedisLine } from '@errand/core/adapters/redis/open-redis-line.ts';
import { RedisServices } from '@errand/core/adapters/redis/redis-services.ts';
import { asPersonId, asTaskId } from '@errand/core/domain/ids.ts';
import { RemoteModel } from '@errand/core/models/remote/remote-model.ts';
import type { ModelRequest } from '@errand/core/ports/language-model.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { startRedis } from '../../support/redis-server.ts';
import { startServerProcess } from '../../support/server-process.ts';
import { inFlight, median, spreadOf } from '../figures.ts';
import { ms, rate, type Section } from '../section.ts';

const ROUNDS = 8;
const ALONE = 300;
const TOGETHER = 1_000;
const AT_ONCE = 50;
const log: ILogger = { debug() {}, info() {}, warn() {}, error() {} };
const body = { text: 'What is the capital of France?' };
const request: ModelRequest = {
	purpose: 'plan',
	caller: { person: asPersonId('ann'), taskId: asTaskId('t') },
	messages: [{ role: 'user', text: body.text }],
	maxTokens: 100,
};
const patient = { timeoutMs: 60_000 };

/** measureServices calls a service in this process, in another one, and the router of models behind it, beside bare Redis. */
export async function measureServices(): Promise<Section> {
	const redis = await startRedis();
	const cluster = `bench-${randomBytes(4).toString('hex')}`;
	const child = await startServerProcess({
		command: process.execPath,
		args: [join(import.meta.dirname, '../services/model-service-main.ts'), redis.url, cluster],
		cwd: import.meta.dirname,
		readyLine: 'listening',
		orphanSignal: 'KILL',
	});
	const clock = new SystemClock();
	const line = await openRedisLine({ url: redis.url, cluster, self: 'bench', log });
	const services = new RedisServices({ line, clock, log });
	await services.start();
	const here = new InProcessServices({ clock, log });
	here.register('echo', async (call) => call.body);
	const model = new RemoteModel({ services });
	await model.learn();
	const signal = new AbortController().signal;
	const subjects = [
		{ name: 'Redis alone: one PING', ask: () => line.commands.ping() },
		{ name: 'a service in the same process', ask: () => here.call('echo', 'say', body, patient) },
		{ name: 'a service in another process', ask: () => services.call('echo', 'say', body, patient) },
		{ name: 'the router of models in another process', ask: () => model.reply(request, { signal }) },
	];
	const figures = subjects.map((subject) => ({ ...subject, single: [] as number[], rates: [] as number[] }));
	try {
		for (const { ask } of figures) await inFlight(500, AT_ONCE, ask);
		for (let round = 0; round < ROUNDS; round++) {
			for (const one of round % 2 === 0 ? figures : figures.toReversed()) {
				one.single.push(...(await inFlight(ALONE, 1, one.ask)).times);
				one.rates.push((await inFlight(TOGETHER, AT_ONCE, one.ask)).perSecond);
			}
		}
	} finally {
		model.stop();
		await services.stop();
		await line.close();
		await child.end('SIGTERM');
		await redis.stop();
	}
	const p50 = (at: number) => spreadOf(figures[at]?.single ?? []).p50;
	return {
		title: 'Services: calls in a process and across processes',
		how: `${ROUNDS} rounds of ${ALONE} calls one at a time and ${rate(TOGETHER)} with ${AT_ONCE} at once, the subjects in turn. The other process is on the same machine, over a Redis of its own. The router there asks a model that answers at once, with its ledger in memory; its answer is streamed, counted and recorded as ever. One PING is one way to Redis and back; a call across processes takes two such ways, one to the service and one to the caller.`,
		tables: [
			{
				columns: ['', 'p50 ms', 'p95 ms', 'p99 ms', `calls/s, ${AT_ONCE} at once`],
				rows: figures.map(({ name, single, rates }) => {
					const { p50: half, p95, p99 } = spreadOf(single);
					return [name, half < 0.1 ? half.toFixed(3) : ms(half), ms(p95), ms(p99), rate(median(rates))];
				}),
			},
		],
		goals: [
			{
				what: 'a call in the same process, p50',
				wanted: '≤ 0.2 ms',
				measured: `${p50(1).toFixed(3)} ms`,
				met: p50(1) <= 0.2,
			},
			{ what: 'the router across processes, p50', wanted: '≤ 2 ms', measured: `${ms(p50(3))} ms`, met: p50(3) <= 2 },
		],
	};
}
