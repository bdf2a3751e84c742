import { CoreError } from '@errand/core/domain/errors.ts';
import { asPersonId, asStepId, asTaskId } from '@errand/core/domain/ids.ts';
import type { BrowserRun, IBrowser } from '@errand/core/ports/browser.ts';
import type { ModelRequest } from '@errand/core/ports/language-model.ts';
import { aJob } from '@errand/core/testing/a-job.ts';
import { ScriptedModel } from '@errand/core/testing/scripted-model.ts';
import { expect, test } from 'vitest';
import { calledServices } from './called-services.ts';
import { type HostServices, RunServices } from './run-services.ts';

const ask: ModelRequest = { purpose: 'test', messages: [{ role: 'user', text: 'hi' }], maxTokens: 10 };

function open(services: HostServices, tokens = 100, sessions: readonly 'browser'[] = []) {
	const job = aJob('t', { allowance: { tokens, microUsd: 1_000 } });
	const run = new RunServices(services, { job, run: 2, capability: { sessions } });
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
	expect(await seen.model?.embed(['x', 'yy'])).toEqual([[1], [2]]);
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

test('aborts what is under way when the run ends', async () => {
	const { run, seen } = open({ model: new ScriptedModel([{ hangs: true }]) });
	const reply = seen.model?.reply(ask);
	await run.end();
	await expect(reply).rejects.toMatchObject({ code: 'cancelled' });
	await expect(seen.model?.reply(ask)).rejects.toMatchObject({ code: 'cancelled' });
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
