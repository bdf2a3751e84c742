import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLUSTER_MODE, type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import { capitalGoal } from '../harness/model-case-tasks.ts';
import { eventually } from '../harness/process-tree.ts';
import { type ProviderStandIn, startProvider } from '../harness/provider-stand-in.ts';

const ANSWER = 'The capital of France is Paris.';
const QUESTIONS = 200;
const ALDER = { concurrency: 3, requestsPerMinute: 40 };
const BIRCH = { concurrency: 6 };

let dataDir: string;
let alder: ProviderStandIn;
let birch: ProviderStandIn;
let errand: ErrandProcess;
beforeAll(async () => {
	dataDir = await mkdtemp(join(tmpdir(), 'errand-limits-'));
	[alder, birch] = await Promise.all([
		startProvider({ model: 'one', price: { input: 0.75, output: 4.5 }, thinkMs: 30 }),
		startProvider({ model: 'two', price: { input: 0.4, output: 1.6 }, thinkMs: 60 }),
	]);
	errand = await start(1);
});
afterAll(async () => {
	await errand?.dispose();
	await Promise.all([alder?.stop(), birch?.stop()]);
	await rm(dataDir, { recursive: true, force: true });
});

async function start(perDayUsd: number): Promise<ErrandProcess> {
	const file = join(dataDir, 'models.json');
	const common = { kind: 'openai-compatible' };
	const providers = [
		{ ...common, name: 'alder', baseUrl: alder.baseUrl, apiKeyEnv: 'ALDER_KEY', limits: ALDER },
		{ ...common, name: 'birch', baseUrl: birch.baseUrl, apiKeyEnv: 'BIRCH_KEY', limits: BIRCH },
	];
	const models = [
		{ name: 'alder/one', tiers: ['middle'], price: { input: 0.75, output: 4.5 }, contextTokens: 32_000 },
		{ name: 'birch/two', tiers: ['middle'], price: { input: 0.4, output: 1.6 }, contextTokens: 32_000 },
	];
	// What is JSON is YAML, too.
	await writeFile(file, JSON.stringify({ providers, models, budgets: { perDayUsd }, embeddings: 'local' }));
	return startErrand({
		dataDir,
		env: { ERRAND_MODELS: file, ALDER_KEY: alder.apiKey, BIRCH_KEY: birch.apiKey },
	});
}

/** Asks a quick question as any OpenAI client would. */
async function quick(text: string): Promise<{ readonly status: number; readonly words: string }> {
	const messages = [{ role: 'user', content: text }];
	const response = await errand.call('POST', '/v1/chat/completions', { model: 'errand-quick', messages });
	const body = (await response.json()) as { choices?: { message: { content: string } }[] };
	return { status: response.status, words: body.choices?.[0]?.message.content ?? JSON.stringify(body) };
}

async function spent(): Promise<number> {
	const { usage } = (await (await errand.call('GET', '/v1/usage?by=day')).json()) as { usage: { microUsd: number }[] };
	return usage.reduce((sum, { microUsd }) => sum + microUsd, 0);
}

describe('what an operator sets for models', () => {
	it('is kept in a crowd of questions, as the providers count, and all are answered', async () => {
		const answers = await Promise.all(Array.from({ length: QUESTIONS }, (_, at) => quick(capitalGoal(`crowd-${at}`))));
		const bad = answers.filter(({ status, words }) => status !== 200 || !words.startsWith('## In short'));
		expect(bad.map(({ status, words }) => `${status} ${words.slice(0, 300)}`)).toEqual([]);
		const most = [alder.mostAtOnce(), birch.mostAtOnce()];
		// Gateways of a cluster share the limits; between a call of one and a call of another there is a moment.
		expect(most[0]).toBeLessThanOrEqual(ALDER.concurrency);
		expect(most[1]).toBeLessThanOrEqual(BIRCH.concurrency);
		if (!CLUSTER_MODE) expect(most).toEqual([ALDER.concurrency, BIRCH.concurrency]);
		// None waited for the next minute of the one, while the other could be asked.
		const times = alder.asked.map(({ at }) => at);
		const early = times.filter((at, n) => at - (times[n - ALDER.requestsPerMinute] ?? 0) < 55_000);
		expect(early).toEqual([]);
		const asked = alder.asked.length + birch.asked.length;
		// A busy machine may break a line of one of many processes: then that question is asked again.
		if (CLUSTER_MODE) expect(asked).toBeGreaterThanOrEqual(QUESTIONS);
		else expect(asked).toBe(QUESTIONS);
		await eventually(async () => (await spent()) === alder.charged() + birch.charged());
	});

	it('lets a task ask once the day’s budget is spent, in words that say which', async () => {
		// One reply that costs more than a dollar leaves nothing.
		alder.ramble(1_000_000);
		birch.ramble(1_000_000);
		await quick(capitalGoal('dear'));
		alder.ramble(0);
		birch.ramble(0);
		// What one gateway of a cluster spent, the others know within two seconds.
		if (CLUSTER_MODE) await wait(2_500);
		const before = alder.asked.length + birch.asked.length;
		const asking = await errand.settled(await errand.submit({ goal: capitalGoal('poor') }));
		expect(asking).toMatchObject({ status: 'waiting', reason: 'over-budget' });
		expect(asking.questions[0]?.text).toMatch(
			/The budget for all models of \$1\.00 a day .*\$\d+\.\d\d is spent.*00:00 UTC.*ERRAND_MODELS\. Try again now\?/,
		);
		expect(alder.asked.length + birch.asked.length).toBe(before);

		// Nothing is there yet to try again with: it asks again.
		expect(await decide(asking, 'approve')).toBe(200);
		const still = await eventuallyAsking(asking);
		expect(still.questions[0]).toMatchObject({ text: expect.stringContaining('a day'), budget: 'day' });
		expect(await decide(still, 'refuse')).toBe(200);
		expect(await errand.settled(asking.id)).toMatchObject({ status: 'failed', error: { code: 'over-budget' } });
		expect((await quick(capitalGoal('poor-quick'))).words).toContain('a day');
		expect(alder.asked.length + birch.asked.length).toBe(before);
	});

	it('is remembered over a restart, and more may be spent once the operator says so', async () => {
		const waiting = await errand.settled(await errand.submit({ goal: capitalGoal('patient') }));
		expect(waiting).toMatchObject({ status: 'waiting', reason: 'over-budget' });
		const before = await spent();
		await errand.stop();
		errand = await start(100);
		expect(await spent()).toBe(before);
		expect(await decide(waiting, 'approve')).toBe(200);
		const done = await errand.settled(waiting.id);
		expect([done.status, done.result?.text]).toEqual(['done', ANSWER]);
	});
});

async function decide(task: TaskView, decision: 'approve' | 'refuse'): Promise<number> {
	const questionId = task.questions[0]?.id;
	return (await errand.call('POST', `/v1/tasks/${task.id}/approve`, { questionId, decision })).status;
}

/** Resolves once a task asks something else than it did. */
async function eventuallyAsking(before: TaskView): Promise<TaskView> {
	const others = async () =>
		(await errand.task(before.id)).questions.filter(({ id }) => id !== before.questions[0]?.id);
	await eventually(async () => (await others()).length > 0, { describe: () => errand.task(before.id) });
	return errand.task(before.id);
}
