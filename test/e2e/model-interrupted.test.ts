import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ANSWER_STEP } from '@errand/core/domain/ids.ts';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import {
	begin,
	chunk,
	finish,
	hangs,
	type MisbehavingModel,
	type Misdeed,
	says,
	startMisbehavingModel,
	writes,
} from '../harness/misbehaving-model.ts';
import { capitalGoal, saidOf, summaryStep } from '../harness/model-case-tasks.ts';
import { eventually } from '../harness/process-tree.ts';

/** What one good reply costs. */
const REPLY_TOKENS = 2_000;

const trickles: Misdeed = async ({ response }) => {
	begin(response);
	while (!response.destroyed) {
		response.write(chunk({ content: 'Paris, ' }));
		await wait(50);
	}
};

let model: MisbehavingModel;
let errand: ErrandProcess;
beforeAll(async () => {
	model = await startMisbehavingModel({ wasteful: writes('{"sentences": 7}') });
	errand = await startErrand({ env: model.env });
});
afterAll(async () => {
	await errand.dispose();
	await model.stop();
});

describe('cancelling', () => {
	it.each([
		['planning hangs', 'hanging-plan', hangs, (name: string) => ({ goal: capitalGoal(name) })],
		['an answer is written', 'written-plan', trickles, (name: string) => ({ goal: capitalGoal(name) })],
		['a step hangs', 'hanging-step', hangs, (name: string) => ({ goal: 'Sum up', plan: [summaryStep('s', name)] })],
		[
			'a step is written',
			'written-step',
			trickles,
			(name: string) => ({ goal: 'Sum up', plan: [summaryStep('s', name)] }),
		],
	] as const)('lets go of the model while %s', async (_when, name, misdeed, request) => {
		model.turn(name, misdeed);
		const id = await errand.submit(request(name));
		await eventually(async () => model.open(name) === 1, {
			limitMs: 30_000,
			describe: async () => [await errand.task(id), errand.output()],
		});
		expect((await errand.call('POST', `/v1/tasks/${id}/cancel`)).status).toBe(200);
		await eventually(async () => model.open(name) === 0);
		expect((await errand.task(id)).status).toBe('cancelled');
		await wait(300);
		expect([model.requests(name), (await errand.task(id)).status]).toEqual([1, 'cancelled']);
	});
});

describe('a budget of tokens', () => {
	const chain = (name: string, steps: number) =>
		Array.from({ length: steps }, (_, at) => ({
			...summaryStep(`s${at}`, name),
			...(at === 0 ? {} : { dependsOn: [`s${at - 1}`] }),
		}));
	const decide = (id: string, questionId: string | undefined, decision: string) =>
		errand.call('POST', `/v1/tasks/${id}/approve`, { questionId, decision });

	it('is asked about before it is overdrawn, goes on when it is raised, and stops when it is not', async () => {
		const budget = { maxTokens: REPLY_TOKENS };
		const id = await errand.submit({ goal: 'Sum up', plan: chain('frugal', 5), budget });
		const first = await errand.settled(id);
		expect(first).toMatchObject({ status: 'waiting', reason: 'over-budget', cost: { tokens: REPLY_TOKENS } });
		expect(first.questions[0]?.text).toMatch(/2000 tokens.*twice the budget/);
		expect(model.requests('frugal')).toBe(1);
		await decide(id, first.questions[0]?.id, 'approve');
		await eventually(async () => (await errand.task(id)).cost.tokens > REPLY_TOKENS);
		const second = await errand.settled(id);
		expect(second).toMatchObject({ status: 'waiting', reason: 'over-budget', cost: { tokens: 2 * REPLY_TOKENS } });
		await decide(id, second.questions[0]?.id, 'refuse');
		const end = await errand.settled(id);
		expect(end).toMatchObject({ status: 'failed', error: { code: 'over-budget' } });
		expect(end.plan.steps.map(({ status }) => status).slice(0, 2)).toEqual(['done', 'done']);
		expect(model.requests('frugal')).toBe(2);
	});

	it('counts replies that were of no use, and ends a run in the middle until it is raised', async () => {
		const budget = { maxTokens: REPLY_TOKENS };
		const id = await errand.submit({ goal: 'Sum up', plan: chain('wasteful', 1), budget });
		const asked = await errand.settled(id);
		expect(asked).toMatchObject({ status: 'waiting', reason: 'over-budget', cost: { tokens: REPLY_TOKENS } });
		expect((await errand.facts(id)).map(({ type }) => type)).toContain('StepLost');
		await decide(id, asked.questions[0]?.id, 'approve');
		await eventually(async () => (await errand.task(id)).status !== 'waiting');
		for (let times = 0; times < 5 && (await errand.settled(id)).status === 'waiting'; times += 1) {
			await decide(id, (await errand.task(id)).questions[0]?.id, 'approve');
			await eventually(async () => (await errand.task(id)).questions.length === 0);
		}
		const done = await errand.settled(id);
		expect(done).toMatchObject({ status: 'done', result: { method: 'rules' } });
		expect(saidOf(done)).toContain('gave no usable reply');
		expect(done.cost.tokens).toBe(model.requests('wasteful') * REPLY_TOKENS);
		expect(model.requests('wasteful')).toBeLessThan(8);
	});
});

describe('a server that is killed', () => {
	it('while the model writes plans and runs again, and ends each task once', async () => {
		const dataDir = await mkdtemp(join(tmpdir(), 'errand-model-'));
		model.turn('killed-plan', trickles);
		model.turn('killed-step', trickles);
		const first = await startErrand({ dataDir, env: model.env });
		const ids = [
			await first.submit({ goal: capitalGoal('killed-plan') }),
			await first.submit({ goal: 'Sum up', plan: [summaryStep('s', 'killed-step')] }),
		];
		await eventually(async () => model.open('killed-plan') + model.open('killed-step') === 2);
		await first.kill();
		await eventually(async () => model.open('killed-plan') + model.open('killed-step') === 0);
		model.turn('killed-plan', says);
		model.turn('killed-step', says);
		const second = await startErrand({ dataDir, env: model.env });
		const [plan, step] = await Promise.all(ids.map((id) => second.settled(id)));
		expect(plan?.result?.text).toBe('The capital of France is Paris.');
		expect(step?.result).toMatchObject({ method: 'model', text: expect.stringContaining('$120 per year') });
		for (const id of ids) {
			const ends = (await second.facts(id)).filter(({ type }) => /^Task(?:Completed|Failed|Cancelled)$/.test(type));
			expect(ends).toHaveLength(1);
		}
		expect([model.requests('killed-plan'), model.requests('killed-step')]).toEqual([2, 2]);
		await second.dispose();
		await rm(dataDir, { recursive: true, force: true });
	});
});

describe('an answer while it is written', () => {
	const LOST = 'This was begun, and then the line was cut off in the middle of';
	const WHOLE =
		'The capital of France is Paris, a city on the Seine, which has been the capital for most of a thousand years.';

	/** Writes word by word, each once the one before is heard by all, breaks off once, and comes to its end the second time. */
	async function writesTwice(start: Promise<void>, hears: readonly (readonly string[])[]): Promise<Misdeed> {
		return async ({ response, at }) => {
			await start;
			begin(response);
			let said = '';
			for (const word of (at === 1 ? LOST : WHOLE).split(/(?<= )/)) {
				said += word;
				response.write(chunk({ content: word }));
				await vi.waitFor(() => {
					for (const heard of hears) expect(heard.at(-1)?.trim()).toBe(said.trim());
				});
			}
			if (at === 1) response.socket?.destroy();
			else finish(response, 'stop');
		};
	}

	function isWellTold(partials: readonly string[]): void {
		const again = partials.findIndex((text) => !LOST.startsWith(text));
		expect(again).toBeGreaterThan(1);
		expect(partials.length - again).toBeGreaterThan(2);
		for (const [at, text] of partials.entries()) {
			expect((at < again ? LOST : WHOLE).startsWith(text), text).toBe(true);
			if (at !== 0 && at !== again) expect(text.length).toBeGreaterThan(partials[at - 1]?.length ?? 0);
		}
	}

	it('is heard in order over events and a socket, starts over after a cut, and ends as it was last heard', async () => {
		let begins: () => void = () => {};
		const start = new Promise<void>((resolve) => {
			begins = resolve;
		});
		const heard: string[] = [];
		const read: string[] = [];
		model.turn('heard', await writesTwice(start, [heard, read]));
		const id = await errand.submit({ goal: capitalGoal('heard') });
		const socket = io(errand.url, { auth: { token: errand.token }, transports: ['websocket'], forceNew: true });
		socket.on('progress', ({ taskId, stepId, partial }: Record<string, string | undefined>) => {
			if (taskId === id && stepId === ANSWER_STEP && partial !== undefined) heard.push(partial);
		});
		await socket.timeout(30_000).emitWithAck('follow', { taskId: id, after: 0 });
		const events = await errand.call('GET', `/v1/tasks/${id}/events`, undefined, { Accept: 'text/event-stream' });
		const reading = (async () => {
			let held = '';
			for await (const piece of events.body?.pipeThrough(new TextDecoderStream()) ?? []) {
				const frames = `${held}${piece}`.split('\n\n');
				held = frames.pop() ?? '';
				for (const frame of frames) {
					const data = JSON.parse(/^data: (.*)$/m.exec(frame)?.[1] ?? '{}') as Record<string, string>;
					if (frame.startsWith('event: progress') && data['partial'] !== undefined) read.push(data['partial']);
					if (data['type'] === 'TaskCompleted') return;
				}
			}
		})();
		begins();
		await reading;
		const { result, plan } = await errand.settled(id);
		socket.disconnect();
		await events.body?.cancel().catch(() => {});
		expect([plan.by, result?.text]).toEqual(['model:rascal-1', WHOLE]);
		for (const partials of [heard, read]) {
			isWellTold(partials);
			expect(partials.at(-1)).toBe(WHOLE);
		}
	});
});
