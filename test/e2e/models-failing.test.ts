import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ModelUse } from '@errand/core/domain/task/facts.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import type { ModelView } from '@errand/core/ports/model-view.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CLUSTER_MODE, type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import { capitalGoal } from '../harness/model-case-tasks.ts';
import { eventually } from '../harness/process-tree.ts';
import { diesInMidStream, type ProviderStandIn, refuses, startProvider } from '../harness/provider-stand-in.ts';

const ANSWER = 'The capital of France is Paris.';
const SUMS_BY = ['day', 'model', 'purpose', 'person', 'task', 'step'] as const;
const CHAT = '/v1/conversations/web-owner/messages';

interface Call {
	readonly id: string;
	readonly model: string;
	readonly outcome: string;
	readonly reason: string;
}
interface Said {
	readonly kind: string;
	readonly text: string;
	readonly taskId?: string;
}

let dataDir: string;
let alder: ProviderStandIn;
let birch: ProviderStandIn;
let errand: ErrandProcess;
beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'errand-providers-'));
	[alder, birch] = await Promise.all([
		startProvider({ model: 'one', price: { input: 0.75, output: 4.5 } }),
		startProvider({ model: 'two', price: { input: 0.4, output: 1.6 } }),
	]);
	const file = join(dataDir, 'models.yaml');
	await writeFile(
		file,
		`providers:
  - { name: alder, kind: openai-compatible, baseUrl: "${alder.baseUrl}", apiKeyEnv: ALDER_KEY }
  - { name: birch, kind: openai-compatible, baseUrl: "${birch.baseUrl}", apiKeyEnv: BIRCH_KEY }
models:
  - { name: alder/one, tiers: [middle], price: { input: 0.75, output: 4.5 }, contextTokens: 32000 }
  - { name: birch/two, tiers: [middle], price: { input: 0.4, output: 1.6 }, contextTokens: 32000 }
  - { name: birch/vectors, tiers: [embedding], price: { input: 0.4 }, dimensions: 4 }
embeddings: birch/vectors
audit: { keepDays: 7 }
`,
	);
	errand = await startErrand({
		dataDir,
		env: { ERRAND_MODELS: file, ALDER_KEY: alder.apiKey, BIRCH_KEY: birch.apiKey, ERRAND_LOG_LEVEL: 'info' },
	});
	await eventually(async () => (await models()).every(({ health }) => health === 'up'));
});
afterEach(() => alder.turn());
afterAll(async () => {
	await errand?.dispose();
	await Promise.all([alder?.stop(), birch?.stop()]);
	await rm(dataDir, { recursive: true, force: true });
});

async function get<T>(path: string): Promise<T> {
	const response = await errand.call('GET', path);
	if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
	return (await response.json()) as T;
}
const models = async () => (await get<{ models: ModelView[] }>('/v1/language-models')).models;
const health = async (name: string) => (await models()).find((one) => one.name === name)?.health;
const ask = async (name: string): Promise<TaskView> => errand.settled(await errand.submit({ goal: capitalGoal(name) }));
const usesOf = async (id: string): Promise<readonly ModelUse[]> =>
	(await errand.facts(id)).flatMap(({ data }) => ('usage' in data ? (data.usage?.models ?? []) : []));
const replies = async (): Promise<readonly Said[]> =>
	(await get<{ entries: { reply?: Said }[] }>(CHAT)).entries.flatMap(({ reply }) => reply ?? []);

let messages = 0;
/** Writes in the chat, and resolves with the first reply that fits and was not there before. */
async function chat(text: string, fits: (reply: Said) => boolean = () => true): Promise<Said> {
	const before = (await replies()).length;
	await errand.call('POST', CHAT, { text, clientId: `message-${messages++}` });
	const fresh = async () => (await replies()).slice(before).find(fits);
	await eventually(async () => (await fresh()) !== undefined, { describe: replies });
	return (await fresh()) ?? { kind: '', text: '' };
}

describe('two providers of a models file', () => {
	it('are taken one for the other where one dies in mid stream: the person sees one answer, whole', async () => {
		alder.turn(diesInMidStream);
		const before = alder.asked.length;
		const { taskId = '' } = await chat(capitalGoal('cut'), ({ kind }) => kind === 'answer');
		expect(alder.asked.length).toBe(before + 1);
		const answers = (await replies()).filter((one) => one.taskId === taskId && one.kind === 'answer');
		expect(answers.map(({ text }) => text)).toEqual([expect.stringContaining(ANSWER)]);
		expect(answers[0]?.text).not.toContain('Half an answer');
		const task = await errand.task(taskId);
		expect([task.status, task.result?.text]).toEqual(['done', ANSWER]);
		expect(await usesOf(taskId)).toEqual([
			expect.objectContaining({ model: 'alder/one', calls: 1, reason: expect.stringMatching(/ranked first.*failed/) }),
			expect.objectContaining({ model: 'birch/two', reason: expect.stringContaining('after alder/one failed') }),
		]);
		const calls = async () => (await get<{ calls: Call[] }>(`/v1/usage/calls?task=${taskId}`)).calls;
		// Calls are written down a moment later.
		await expect
			.poll(async () => (await calls()).map(({ model, outcome }) => [model, outcome]))
			.toEqual([
				['two', 'ok'],
				['one', 'failed'],
			]);
	});

	it('spare the one that says “too much”, and have it back by themselves', async () => {
		alder.turn(refuses(429, alder.apiKey, { 'retry-after': '1' }));
		const before = [alder.asked.length, birch.asked.length] as const;
		const tasks = await Promise.all(Array.from({ length: 12 }, (_, at) => ask(`busy-${at}`)));
		expect(tasks.map(({ result }) => result?.text)).toEqual(Array(12).fill(ANSWER));
		expect(birch.asked.length).toBe(before[1] + 12);
		expect(alder.asked.length - before[0]).toBeLessThanOrEqual(12);
		alder.turn();
		const served = alder.charged();
		await eventually(async () => {
			await ask('back');
			return alder.charged() > served;
		});
	});

	// Each gateway of a cluster sees for itself who answers it.
	it.skipIf(CLUSTER_MODE)('show within seconds that one is gone, and that it is back', async () => {
		await alder.goDown();
		expect((await ask('gone')).result?.text).toBe(ANSWER);
		await eventually(async () => (await health('alder/one')) === 'down', { describe: models });
		expect(await health('birch/two')).toBe('up');
		expect((await chat('/model')).text).toMatch(/alder\/one.*down/);
		await alder.comeBack();
		await eventually(async () => (await health('alder/one')) === 'up', { describe: models });
		const served = alder.charged();
		await ask('here');
		expect(alder.charged()).toBeGreaterThan(served);
	});

	it('are chosen between by the person', async () => {
		expect((await chat('/model birch/two')).text).toBe('All your work goes to `birch/two`.');
		const before = alder.asked.length;
		const { id } = await ask('pinned');
		expect(await usesOf(id)).toMatchObject([{ model: 'birch/two', reason: expect.stringContaining('pinned') }]);
		expect((await get<{ model: string }>('/v1/language-models/pinned')).model).toBe('birch/two');
		expect((await chat('/model')).text).toContain('All your work goes to `birch/two`.');
		expect((await chat('/model nobody/here')).text).toContain('nobody/here');
		expect((await chat('/model auto')).text).toContain('Errand chooses');
		expect(alder.asked.length).toBe(before);
		const free = await ask('free');
		expect(await usesOf(free.id)).toMatchObject([{ model: 'alder/one' }]);
	});

	it('are paid what they charge, to the micro-dollar, however it is summed up', async () => {
		await wait(50);
		const from = Date.now();
		const before = alder.charged() + birch.charged();
		const ids = await Promise.all(
			Array.from({ length: 8 }, (_, at) =>
				errand.submit({ goal: at % 2 === 0 ? capitalGoal(`cost-${at}`) : `Sum up the plans. case-cost-${at}` }),
			),
		);
		const tasks = await Promise.all(ids.map((id) => errand.settled(id)));
		expect(tasks.map(({ status }) => status)).toEqual(Array(8).fill('done'));
		const sums = async () =>
			Promise.all(
				SUMS_BY.map(async (by) => {
					const { usage } = await get<{ usage: { key: string; microUsd: number }[] }>(
						`/v1/usage?by=${by}&from=${from}`,
					);
					return usage;
				}),
			);
		const total = (rows: readonly { microUsd: number }[]) => rows.reduce((sum, { microUsd }) => sum + microUsd, 0);
		const charged = () => alder.charged() + birch.charged() - before;
		// Results are noted in the memory, which makes vectors of them, after a task has ended.
		const [byDay = [], , byPurpose = [], byPerson = [], byTask = [], byStep = []] = await vi.waitFor(async () => {
			const all = await sums();
			expect(all.map(total)).toEqual(all.map(() => charged()));
			return all;
		});
		for (const task of tasks) {
			const uses = await usesOf(task.id);
			expect(byTask.find(({ key }) => key === task.id)?.microUsd).toBe(task.cost.microUsd);
			expect(total(uses)).toBe(task.cost.microUsd);
			const steps = byStep.filter(({ key }) => key.startsWith(`${task.id}.`));
			expect(total(steps)).toBeLessThanOrEqual(task.cost.microUsd);
		}
		const embedding = total(byPurpose.filter(({ key }) => key === 'embed'));
		expect(tasks.reduce((sum, { cost }) => sum + cost.microUsd, 0)).toBe(total(byDay) - embedding);
		expect(byPurpose.map(({ key }) => key)).toEqual(expect.arrayContaining(['plan', 'text.summarize']));
		expect(byPerson).toHaveLength(1);
	});

	it('find by meaning what is remembered, where one of them makes the vectors', async () => {
		const text = 'My automobile stands in the yard';
		expect((await errand.call('POST', '/v1/memory', { text })).status).toBe(201);
		await errand.call('POST', '/v1/memory', { text: 'The roof was painted green' });
		await eventually(async () => birch.embedded.some((one) => one.includes('automobile')));
		await eventually(async () => {
			const { found } = await get<{ found: { entry: { text: string } }[] }>('/v1/memory/search?q=car&limit=1');
			return JSON.stringify(found[0] ?? '').includes(text);
		});
		expect(birch.embedded).toContain('car');
	});

	it('are heard word for word where that is kept, until it expires', async () => {
		const { id } = await ask('kept');
		const kept = await vi.waitFor(async () => {
			const { calls } = await get<{ calls: Call[] }>(`/v1/usage/calls?task=${id}`);
			return get<{ request: string; reply: string; until: number }>(`/v1/usage/calls/${calls[0]?.id}/transcript`);
		});
		expect(kept.request).toContain('case-kept');
		expect(kept.reply).toContain(ANSWER);
		expect(Math.abs(kept.until - Date.now() - 7 * 86_400_000)).toBeLessThan(60_000);
	});

	it('keep their keys: these stand in no fact, answer, error, log or file', async () => {
		alder.turn(refuses(401, alder.apiKey));
		const { id, result } = await ask('refused');
		expect(result?.text).toBe(ANSWER);
		await eventually(async () => (await health('alder/one')) === 'down', { describe: models });
		const conversation = await chat('/model');
		const { calls } = await get<{ calls: Call[] }>('/v1/usage/calls?limit=200');
		const transcripts = calls
			.filter(({ outcome }) => outcome === 'ok')
			.map((one) => `/v1/usage/calls/${one.id}/transcript`);
		const paths = [
			...[
				'/v1/language-models',
				'/v1/usage/calls?limit=200',
				'/v1/tasks',
				'/v1/capabilities',
				'/v1/workers',
				'/v1/memory',
			],
			...[CHAT, '/readyz', '/metrics', `/v1/tasks/${id}/events`, `/v1/tasks/${id}/audit`, ...transcripts.slice(0, 10)],
		];
		const shown = await Promise.all(paths.map(async (path) => (await errand.call('GET', path)).text()));
		const files = await filesIn(dataDir);
		expect(files.size).toBeGreaterThan(5);
		for (const key of [alder.apiKey, birch.apiKey]) {
			expect(paths.filter((_, at) => shown[at]?.includes(key))).toEqual([]);
			expect([...files].filter(([, bytes]) => bytes.includes(key)).map(([name]) => name)).toEqual([]);
			expect(errand.output()).not.toContain(key);
			expect(conversation.text).not.toContain(key);
		}
		expect([alder.strangers(), birch.strangers()]).toEqual([0, 0]);
	});
});

async function filesIn(folder: string): Promise<ReadonlyMap<string, Buffer>> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const names = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
	// Some are gone before they can be read.
	const read = await Promise.all(
		names.map(async (name) => [name, await readFile(name).catch(() => Buffer.alloc(0))] as const),
	);
	return new Map(read);
}
