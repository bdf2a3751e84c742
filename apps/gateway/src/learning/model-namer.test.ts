import { asPersonId, asTaskId } from '@errand/core/domain/ids.ts';
import { ScriptedModel } from '@errand/core/testing/scripted-model.ts';
import { expect, it } from 'vitest';
import { ModelNamer } from './model-namer.ts';

const asked = { person: asPersonId('ann'), task: asTaskId('t1'), goal: 'Fly to Rome', inputs: [{ to: 'Rome' }] };

it('asks a model once, on behalf of the person, and gives what it named', async () => {
	const parameters = [{ name: 'city', value: 'Rome', description: 'Where to.' }];
	const model = new ScriptedModel([JSON.stringify({ parameters })]);
	const signal = new AbortController().signal;
	expect(await new ModelNamer(model).nameParameters(asked, signal)).toEqual(parameters);
	expect(model.requests).toMatchObject([{ purpose: 'workflow.learn', caller: { person: 'ann', taskId: 't1' } }]);
});

it('rejects where the model twice gives no such thing, so that rules take over', async () => {
	const named = new ModelNamer(new ScriptedModel(['Rome', 'I said Rome'])).nameParameters(
		asked,
		AbortSignal.timeout(30_000),
	);
	await expect(named).rejects.toThrow('parameters');
});
