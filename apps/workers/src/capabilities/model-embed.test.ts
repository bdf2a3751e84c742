import { expect, test } from 'vitest';
import { runWith } from '../text/fixture/run-with.ts';
import { ScriptedRunModel } from '../text/model/fixture/scripted-run-model.ts';
import { modelEmbed } from './model-embed.ts';

test('gives one vector for each text, their dimension, and who made them', async () => {
	const { context } = runWith(new ScriptedRunModel([]));
	const made = await modelEmbed.run({ texts: ['one', 'three'], model: 'vectors-1' }, context);
	expect(made).toEqual({ embeddings: [[3], [5]], model: 'vectors-1', dimension: 1 });
	expect(modelEmbed.input.safeParse({ texts: [] }).success).toBe(false);
});

test('says so where there is no model, or one that makes no vectors', async () => {
	const none = modelEmbed.run({ texts: ['one'] }, runWith().context);
	await expect(none).rejects.toMatchObject({ code: 'model-unavailable' });
	const { context } = runWith(
		Object.assign(new ScriptedRunModel([]), { embed: async () => ({ vectors: [[]], model: 'm' }) }),
	);
	await expect(modelEmbed.run({ texts: ['one'] }, context)).rejects.toMatchObject({ code: 'model-reply' });
});
