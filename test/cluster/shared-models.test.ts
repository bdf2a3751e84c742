import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { type MisbehavingModel, startMisbehavingModel } from '../harness/misbehaving-model.ts';
import { eventually } from '../harness/process-tree.ts';
import type { PlatformDriver, PlatformPerson } from '../support/contract/platform-driver.ts';
import { openSms } from '../support/twilio/driver.ts';
import { type ClusterErrand, startCluster } from './support/cluster-errand.ts';
import { sql } from './support/open-new-history.ts';
import { ownPlace } from './support/own-place.ts';

/** A call costs as much as its 2,000 tokens at 10 dollars a million. */
const CALL_MICRO_USD = 20_000;
const PER_PERSON_USD = 0.6;
const MOST = PER_PERSON_USD * 1e6;

interface Sum {
	readonly key: string;
	readonly calls: number;
	readonly microUsd: number;
}

describe('what two gateways keep together', () => {
	let folder: string;
	let databaseUrl: string;
	let main: MisbehavingModel;
	let spare: MisbehavingModel;
	let sms: PlatformDriver;
	let carla: PlatformPerson;
	let cluster: ClusterErrand;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'errand-models-'));
		[main, spare, sms] = await Promise.all([startMisbehavingModel({}), startMisbehavingModel({}), openSms()]);
		const file = join(folder, 'models.yaml');
		await writeFile(file, modelsFile(main.port, spare.port));
		const place = await ownPlace();
		databaseUrl = place.databaseUrl;
		cluster = await startCluster({
			...{ postgresUrl: databaseUrl, redisUrl: place.redisUrl, cluster: place.cluster, workers: 1 },
			// Workers have no keys.
			envOf: { gateway: { ...sms.env, ERRAND_MODELS: file } },
			workerArgs: ['--concurrency', '8'],
		});
		await sms.attach(cluster.gateway(0).url);
		carla = sms.person();
	});
	afterAll(async () => {
		await cluster?.dispose();
		await Promise.all([main?.stop(), spare?.stop(), sms?.stop()]);
		await rm(folder, { recursive: true, force: true });
	});

	async function json<T>(gateway: number, method: string, path: string, body?: unknown): Promise<T> {
		const response = await cluster.gateway(gateway).call(method, path, body);
		if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
		return (response.status === 204 ? undefined : await response.json()) as T;
	}
	const asking = (prompt: string) => ({
		goal: prompt,
		plan: [{ id: 'ask', title: 'Ask', capability: 'model.ask', input: { prompt, maxTokens: 200 } }],
	});
	const spentOn = async (gateway: number, task: string) =>
		(await json<{ usage: Sum[] }>(gateway, 'GET', `/v1/usage?by=task&task=${task}`)).usage;
	const spentByOwner = async (gateway: number) =>
		(await json<{ usage: Sum[] }>(gateway, 'GET', '/v1/usage?by=person')).usage.find(({ key }) => key === 'owner');
	const metricsOf = async (gateway: number) => (await cluster.gateway(gateway).call('GET', '/metrics')).text();
	const rows = async (table: string, person: string) =>
		(await sql(databaseUrl, `SELECT 1 FROM errand.${table} WHERE person = '${person}'`)).length;

	it('lets a worker without keys ask a model, and its cost stands once in the books of both and in the facts', async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		const id = await cluster.gateway(0).submit(asking('Which colour has the sky?'));
		expect(await cluster.gateway(1).settled(id)).toMatchObject({
			status: 'done',
			cost: { tokens: 2_000, microUsd: CALL_MICRO_USD },
		});
		for (const gateway of [0, 1]) {
			await eventually(async () => (await spentOn(gateway, id)).length > 0);
			expect(await spentOn(gateway, id)).toMatchObject([{ key: id, calls: 1, microUsd: CALL_MICRO_USD }]);
		}
		const facts = await cluster.gateway(1).facts(id);
		const used = facts.flatMap((fact) => (JSON.stringify(fact.data).includes('main/rascal-1') ? [fact.type] : []));
		expect(used).toEqual(['StepCompleted']);
		const counted = async () =>
			(await Promise.all([0, 1].map(metricsOf)))
				.join('\n')
				.split('\n')
				.filter((line) => line.startsWith('errand_model_calls_total'));
		await eventually(async () => (await counted()).length > 0);
		expect(await counted()).toEqual(['errand_model_calls_total{model="main/rascal-1",outcome="ok"} 1']);
	});

	it('remembers and forgets at either of them', async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		const found = async (gateway: number) =>
			(await json<{ found: { entry: { text: string } }[] }>(gateway, 'GET', '/v1/memory/search?q=peanuts')).found;
		const { id } = await json<{ id: string }>(0, 'POST', '/v1/memory', { text: 'Peanuts make me ill' });
		for (const gateway of [1, 0])
			expect(await found(gateway)).toMatchObject([{ entry: { text: 'Peanuts make me ill' } }]);
		await eventually(async () => (await rows('memory_vectors', 'owner')) === 1, { limitMs: 20_000 });
		await json(1, 'DELETE', `/v1/memory/${id}`);
		for (const gateway of [0, 1]) expect(await found(gateway)).toEqual([]);
		await eventually(async () => (await rows('memories', 'owner')) + (await rows('memory_vectors', 'owner')) === 0);
		const words = `SELECT 1 FROM errand.appends WHERE payload LIKE '%Peanuts make me ill%'`;
		await eventually(async () => (await sql(databaseUrl, words)).length === 0);
	});

	it('knows nothing more of a person whom one of them has forgotten', async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		await carla.say('Hello, it is Carla');
		const pairings = () => json<{ pairings: { code: string }[] }>(0, 'GET', '/v1/people/pairings');
		await eventually(async () => (await pairings()).pairings.length > 0);
		const [{ code } = { code: '' }] = (await pairings()).pairings;
		const { id } = await json<{ id: string }>(1, 'POST', `/v1/people/pairings/${code}/approve`, { role: 'member' });
		await carla.say('/remember Walnuts make me ill');
		await carla.say('What is the capital of France?');
		const said = `SELECT 1 FROM errand.model_transcripts WHERE request LIKE '%capital of France%'`;
		const counts = async () => [
			...(await Promise.all(['memories', 'memory_vectors', 'model_calls', 'model_totals'].map((one) => rows(one, id)))),
			(await sql(databaseUrl, said)).length,
		];
		await eventually(async () => (await counts()).every((count) => count > 0), { limitMs: 20_000, describe: counts });
		await json(1, 'DELETE', `/v1/people/${id}`);
		await eventually(async () => (await counts()).every((count) => count === 0), { describe: counts });
		const words = `SELECT 1 FROM errand.appends WHERE payload LIKE '%Walnuts%'`;
		await eventually(async () => (await sql(databaseUrl, words)).length === 0);
	});

	it('shows at both that a provider is down, and works on with the other one', async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		await main.stop();
		const health = async (gateway: number) => {
			const { models } = await json<{ models: { name: string; health: string }[] }>(
				gateway,
				'GET',
				'/v1/language-models',
			);
			return Object.fromEntries(models.map((model) => [model.name, model.health]));
		};
		const bothDown = async () => {
			// What is asked finds out sooner than whoever looks, and is answered all the same.
			const id = await cluster.any.submit(asking(`Which number comes after ${Math.random()}?`));
			expect(await cluster.any.settled(id)).toMatchObject({ status: 'done' });
			await wait(500);
			const all = await Promise.all([0, 1].map(health));
			return all.every((one) => one['main/rascal-1'] === 'down' && one['spare/rascal-2'] === 'up');
		};
		await eventually(bothDown, { limitMs: 60_000, describe: () => Promise.all([0, 1].map(health)) });
		for (const gateway of [0, 1]) {
			const isShown = async () => (await metricsOf(gateway)).includes('errand_model_down{model="main/rascal-1"} 1');
			await eventually(isShown, { describe: () => metricsOf(gateway) });
		}
	});

	it('holds a person to one budget a day, but for what is just spent elsewhere', async () => {
		onTestFailed(() => console.error(cluster.outputs()));
		const ids = await Promise.all(
			Array.from({ length: 60 }, (_, n) => cluster.gateway(n % 2).submit(asking(`Which number comes after ${n}?`))),
		);
		const ends = await Promise.all(ids.map((id) => cluster.any.settled(id)));
		expect(ends.filter(({ status }) => status === 'done').length).toBeGreaterThan(5);
		// Those that were refused ask their person, and nobody has answered.
		expect(ends.filter(({ reason }) => reason === 'over-budget').length).toBeGreaterThan(5);
		const spent = async () => (await spentByOwner(0))?.microUsd ?? 0;
		await eventually(async () => (await spent()) > MOST / 2);
		// Each of them keeps to what is left by what it knows, but for calls under way that cost more than they seemed to.
		expect(await spent()).toBeLessThanOrEqual(2 * MOST + 8 * CALL_MICRO_USD);
		const refused = async (n: number) => {
			const id = await cluster.gateway(n).submit(asking('And now?'));
			return (await cluster.any.settled(id)).reason === 'over-budget';
		};
		for (const gateway of [0, 1]) await eventually(() => refused(gateway));
		const late = await Promise.all([0, 1, 0, 1].map((n) => cluster.gateway(n).submit(asking('And now?'))));
		for (const id of late)
			expect(await cluster.any.settled(id)).toMatchObject({ reason: 'over-budget', cost: { microUsd: 0 } });
	});
});

function modelsFile(main: number, spare: number): string {
	return `
providers:
  - { name: main, kind: openai-compatible, baseUrl: "http://127.0.0.1:${main}/v1" }
  - { name: spare, kind: openai-compatible, baseUrl: "http://127.0.0.1:${spare}/v1" }
models:
  - { name: main/rascal-1, tiers: [small, middle, large], price: { input: 10, output: 10 }, contextTokens: 32000 }
  - { name: spare/rascal-2, tiers: [small, middle, large], price: { input: 10, output: 10 }, contextTokens: 32000 }
budgets: { perPersonDayUsd: ${PER_PERSON_USD} }
audit: { keepDays: 1 }
`;
}
