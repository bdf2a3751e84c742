import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { type ClusterErrand, startCluster } from '../cluster/support/cluster-errand.ts';
import { browserPath } from '../harness/browser.ts';
import { type LoopbackSite, serveSite } from '../harness/loopback-site.ts';
import { browsersAmong, eventually, processesUnder } from '../harness/process-tree.ts';
import { type CutProxy, startCutProxy } from '../support/cut-proxy.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { serversMissing } from '../support/servers-missing.ts';
import type { TelegramPerson } from '../support/telegram/telegram-person.ts';
import { TelegramServer } from '../support/telegram/telegram-server.ts';

const PUBLIC_URL = 'https://errand.example';
const step = (id: string, capability: string, input: object) => ({ id, title: id, capability, input });

/** Gateway 1 has a way of its own to Postgres, worker 0 one of its own to Redis; the others need neither. */
describe.skipIf(serversMissing() !== undefined)('a partition', () => {
	let redis: RedisServer;
	let postgres: PostgresServer;
	let toPostgres: CutProxy;
	let toRedis: CutProxy;
	let telegram: TelegramServer;
	let owner: TelegramPerson;
	let site: LoopbackSite;
	let gateIsOpen = false;
	let cluster: ClusterErrand;

	beforeAll(async () => {
		[redis, postgres, telegram] = await Promise.all([startRedis(), startPostgres(), TelegramServer.start()]);
		const databaseUrl = await postgres.createDatabase();
		[toRedis, toPostgres] = await Promise.all([startCutProxy(redis.url), startCutProxy(databaseUrl)]);
		owner = telegram.person({ name: 'Olga' });
		site = await serveSite({
			'/count': { type: 'text/plain', body: 'counted' },
			'/slow': {
				type: 'text/html',
				body: `<title>Slow</title><body><script>setInterval(async () => {
					if ((await fetch('/gate')).ok) document.body.textContent = 'here now';
				}, 200)</script>`,
			},
			'/gate': (_request, response) => void response.writeHead(gateIsOpen ? 200 : 404).end(),
		});
		cluster = await startCluster({
			...{ postgresUrl: databaseUrl, redisUrl: redis.url, cluster: 'partitions', gateways: 1, workers: 0 },
			programs: 'with-test-capabilities',
			env: {
				ERRAND_ALLOW_PRIVATE_HOSTS: site.host,
				ERRAND_PUBLIC_URL: PUBLIC_URL,
				ERRAND_OWNERS: owner.identity,
				TELEGRAM_API_URL: telegram.url,
				TELEGRAM_BOT_TOKEN: telegram.token,
				TELEGRAM_WEBHOOK_SECRET: 'told_to_Telegram_only',
			},
		});
		await Promise.all([
			cluster.add('gateway', { DATABASE_URL: toPostgres.url }),
			cluster.add('worker', { REDIS_URL: toRedis.url }),
		]);
		telegram.route(PUBLIC_URL, cluster.gateway(1).url);
	});
	afterAll(async () => {
		await cluster?.dispose();
		await Promise.all([toRedis, toPostgres].map((proxy) => proxy?.close()));
		await Promise.all([redis, postgres, telegram, site].map((server) => server?.stop()));
	});

	it('between a worker and Redis ends its browser and its say; its steps go on elsewhere, and what acts on the world acts once', async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		const api = cluster.gateway(0);
		const submit = (goal: string, plan: readonly object[]) => api.submit({ goal, plan });
		const visit = { url: `${site.origin}/slow`, steps: [{ do: 'wait', text: 'here now' }] };
		const browses = browserPath !== undefined;
		const visits = browses ? [await submit('visit', [step('a', 'browser.visit', visit)])] : [];
		await eventually(async () => !browses || site.asked.includes('/gate'), { limitMs: 30_000 });
		const counts = await submit('count', [step('a', 'test.count', { url: `${site.origin}/count`, ms: 6_000 })]);
		const running = async () => (await api.task(counts)).plan.steps[0]?.worker;
		await eventually(async () => site.asked.includes('/count'));
		const waits = await submit('wait', [step('a', 'test.wait-in-child', { ms: 4_000 })]);
		const goOn = [waits, ...visits];
		await eventually(async () => (await api.task(waits)).plan.steps[0]?.status === 'running');
		const cutOff = (await running()) ?? '';
		const { pid } = cluster.members('worker')[0] ?? { pid: 0 };
		const browsers = async () => (await browsersAmong(await processesUnder(pid))).size;
		expect((await browsers()) > 0).toBe(browses);

		toRedis.halfOpen();
		const startedAt = performance.now();
		const other = await cluster.add('worker');
		await eventually(async () => (await browsers()) === 0, { describe: browsers });
		console.info(`browser gone ${Math.round(performance.now() - startedAt)} ms after the partition`);
		gateIsOpen = true;
		for (const id of goOn) {
			const { status, plan } = await api.settled(id, 60_000);
			expect([status, plan.steps[0]?.worker === cutOff]).toEqual(['done', false]);
		}
		expect(await api.settled(counts, 60_000)).toMatchObject({
			status: 'failed',
			plan: { steps: [{ error: { code: 'unknown-outcome' } }] },
		});
		const ofSteps = async (id: string) => (await api.facts(id)).filter(({ type }) => type.startsWith('Step'));
		const before = await Promise.all([...goOn, counts].map(ofSteps));
		// By now its runs are over, and it would say so.
		await wait(1_000);
		toRedis.heal();
		await cluster.kill('worker', other);
		const again = await api.settled(await submit('again', [step('a', 'test.wait-in-child', { ms: 10 })]), 30_000);
		expect([again.status, again.plan.steps[0]?.worker]).toEqual(['done', cutOff]);
		expect(await Promise.all([...goOn, counts].map(ofSteps))).toEqual(before);
		expect(site.asked.filter((path) => path === '/count')).toHaveLength(1);
	});

	it('between one gateway and Postgres leaves its tasks to the other, and its messages on its disk until it heals', async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		const [whole, cut] = [cluster.gateway(0), cluster.gateway(1)];
		const times: number[] = [];
		const timed = async (path: string, body?: unknown) => {
			const startedAt = performance.now();
			const response = await cut.call(body === undefined ? 'GET' : 'POST', path, body);
			times.push(performance.now() - startedAt);
			return response;
		};
		const say = (text: string) => timed('/v1/conversations/web-owner/messages', { text, clientId: text });
		await eventually(async () => telegram.listened);
		owner.say('hello 0');
		expect((await say('hello 0')).status).toBe(202);
		const ids = await Promise.all(
			Array.from({ length: 8 }, (_, n) => {
				const [a, b] = [
					step('a', 'test.wait', { ms: 2_500 }),
					step('b', 'test.wait', { ms: 50, after: { $from: 'a' } }),
				];
				return cut.submit({ goal: `Task ${n}`, plan: [a, b] });
			}),
		);

		toPostgres.halfOpen();
		owner.say('hello 1');
		for (const n of [1, 2, 3, 2]) expect((await say(`hello ${n}`)).status).toBe(202);
		for (const n of [2, 3]) owner.say(`hello ${n}`);
		const [shown, refused, list] = await Promise.all([
			timed(`/v1/tasks/${ids[0]}`),
			timed('/v1/tasks', { goal: 'Not now' }),
			timed('/v1/tasks'),
		]);
		const ready = await timed('/readyz');
		expect(await shown.json()).toMatchObject({ id: ids[0], status: 'running' });
		expect([refused.status, list.status]).toEqual([503, 503]);
		expect(refused.headers.get('Retry-After')).toMatch(/^\d+$/);
		expect(refused.headers.get('Content-Type')).toContain('application/problem+json');
		expect(await refused.json()).toMatchObject({ code: 'store-unreachable', hint: expect.any(String) });
		expect(await ready.json()).toMatchObject({
			checks: { history: { status: 'degraded', message: expect.stringContaining('Postgres') } },
		});
		for (const id of ids) expect((await whole.settled(id, 30_000)).status).toBe('done');
		for (const id of ids) {
			const facts = await whole.facts(id);
			expect(facts.filter(({ type }) => type === 'StepCompleted' || type === 'TaskCompleted')).toHaveLength(3);
		}
		await eventually(async () => telegram.pendingUpdates === 0);
		const told = () => telegram.callsOf('sendMessage').map(({ parameters }) => String(parameters['text']));
		await eventually(async () => told().some((text) => text.includes('it is safe here')), {
			describe: async () => told(),
		});
		console.info(`slowest of ${times.length} answers: ${Math.round(Math.max(...times))} ms`);

		await cluster.kill('gateway', 1);
		toPostgres.heal();
		await cluster.restart('gateway', 1);
		expect((await say('hello 4')).status).toBe(202);
		for (const conversation of ['web-owner', `telegram-${owner.id}`]) {
			const texts = async () => {
				const response = await whole.call('GET', `/v1/conversations/${encodeURIComponent(conversation)}/messages`);
				const { entries = [] } = (await response.json()) as { entries?: { kind: string; text: string }[] };
				return entries.flatMap(({ kind, text }) => (kind === 'message' ? [text] : []));
			};
			const last = conversation === 'web-owner' ? 4 : 3;
			await eventually(async () => (await texts()).includes(`hello ${last}`), { describe: texts });
			expect(await texts()).toEqual(Array.from({ length: last + 1 }, (_, n) => `hello ${n}`));
		}
	});
});
