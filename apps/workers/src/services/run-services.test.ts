import { CoreError } from '@errand/core/domain/errors.ts';
import { asPersonId, asStepId, asTaskId } from '@errand/core/domain/ids.ts';
import type { BrowserRun, IBrowser } from '@errand/core/ports/browser.ts';
import type { ModelRequest } from '@errand/core/ports/language-model.ts';
import { aJob } from '@errand/core/testing/a-job.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { ScriptedModel } from '@errand/core/testing/scripted-model.ts';
import { expect, test } from 'vitest';
import { calledServices } from './called-services.ts';
import { type HostServices, RunServices } from './run-services.ts';

const ask: ModelRequest = { purpose: 'test', messages: [{ role: 'user', text: 'hi' }], maxTokens: 10 };

const clock = new FakeClock();

function open(services: HostServices, tokens = 100, sessions: readonly 'browser'[] = []) {
	const job = aJob('t', { allowance: { tokens, microUsd: 1_000 } });
	const run = new RunServices(services, { job, run: 2, capability: { sessions }, clock });
	return { run, seen: calledServices(run.offered, (call, listener) => run.answer(call, listener)) };
}

test('offers what is there and nothing else', () => {
	expect(open({}).run.offered).toEqual({ model: undefined, search: undefined, browser: undefined });
	const model = new ScriptedModel(['yes']);
	const { seen } = open({ model });
	expect([seen.model?.name, seen.search, seen.browser]).toEqual(['scripted-1', undefined, undefined]);
});

test('hands on the pieces of a reply and counts what it cost', async () => {
	const { run, seen } = open({
		model: new ScriptedModel([{ pieces: ['a', 'b'], usage: { tokens: 7, microUsd: 14 } }]),
	});
	const pieces: string[] = [];
	const reply = await seen.model?.reply(ask, { onText: (piece) => pieces.push(piece) });
	expect([reply?.text, pieces]).toEqual(['ab', ['a', 'b']]);
	expect(await seen.model?.embed(['x', 'yy'])).toEqual({ vectors: [[1], [2]], model: 'scripted-1' });
	expect(run.usage).toEqual({ tokens: 9, microUsd: 14 });
});

test('lets calls through until the allowance is used up, and counts failed ones too', async () => {
	const failed = Object.assign(new CoreError('model-unavailable', 'Busy.', { hint: 'Wait.' }), {
		usage: { tokens: 60, microUsd: 1 },
	});
	const model = new ScriptedModel([failed, { usage: { tokens: 50, microUsd: 1 } }]);
	const { run, seen } = open({ model });
	await expect(seen.model?.reply(ask)).rejects.toBe(failed);
	expect(run.modelFailed).toBe(true);
	await seen.model?.reply(ask);
	await expect(seen.model?.reply(ask)).rejects.toMatchObject({ code: 'over-budget' });
	expect([run.usage?.tokens, model.requests.length]).toEqual([110, 2]);
});

test('says on whose behalf a model is asked and what is left to spend, whatever the handler says', async () => {
	const model = new ScriptedModel([{ usage: { tokens: 30, microUsd: 100 } }]);
	const { seen } = open({ model });
	const { taskId, person, stepId } = aJob('t');
	await seen.model?.reply(ask);
	await seen.model?.reply({ ...ask, caller: { person: asPersonId('another') } } as ModelRequest);
	expect(model.requests.map(({ caller, allowance }) => ({ caller, allowance }))).toEqual([
		{ caller: { person, taskId, stepId }, allowance: { tokens: 100, microUsd: 1_000 } },
		{ caller: { person, taskId, stepId }, allowance: { tokens: 70, microUsd: 900 } },
	]);
});

test('aborts what is under way when the run ends', async () => {
	const { run, seen } = open({ model: new ScriptedModel([{ hangs: true }]) });
	const reply = seen.model?.reply(ask);
	await run.end();
	await expect(reply).rejects.toMatchObject({ code: 'cancelled' });
	await expect(seen.model?.reply(ask)).rejects.toMatchObject({ code: 'cancelled' });
});

test('waits for a slow model for so long in all, and lets the run go on without it', async () => {
	const waits: boolean[] = [];
	const run = new RunServices(
		{ model: new ScriptedModel(['quick', { hangs: true }]) },
		{
			...{ job: aJob('t', { allowance: { tokens: 100, microUsd: 1_000 } }), run: 1, capability: {}, clock },
			...{ patienceMs: 600_000, onWaiting: (isWaiting: boolean) => waits.push(isWaiting) },
		},
	);
	const { model } = calledServices(run.offered, (call, listener) => run.answer(call, listener));
	expect((await model?.reply(ask))?.text).toBe('quick');
	await clock.advance(3_600_000);
	const [one, two] = [model?.reply(ask), model?.reply(ask)].map((reply) => reply?.catch((error: unknown) => error));
	await clock.advance(599_000);
	expect(waits).toEqual([true, false, true]);
	await clock.advance(1_000);
	const slow = { code: 'model-unavailable', message: expect.stringContaining('10 minutes') };
	expect([await one, await two]).toMatchObject([slow, slow]);
	await expect(model?.reply(ask)).rejects.toMatchObject(slow);
	expect([waits.at(-1), run.modelFailed, clock.waiting]).toEqual([false, true, 0]);
});

test('acts in the browser with the token of the run, and closes its page at the end', async () => {
	const runs: BrowserRun[] = [];
	const browser: IBrowser = {
		act: async (run, { action }) => {
			runs.push(run);
			return { url: action.do === 'open' ? action.url : '', title: '' };
		},
		endRun: async (run) => void runs.push(run),
	};
	expect(open({ browser }).seen.browser).toBeUndefined();
	const { run, seen } = open({ browser }, 100, ['browser']);
	expect(await seen.browser?.act('main', { do: 'open', url: 'https://a.example/' })).toMatchObject({
		url: 'https://a.example/',
	});
	await run.end();
	const token = { taskId: asTaskId('t'), person: asPersonId('anna'), stepId: asStepId('step'), attempt: 1, run: 2 };
	expect(runs).toEqual([token, token]);
});
