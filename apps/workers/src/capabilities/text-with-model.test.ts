import { asPersonId, asTaskId } from '@errand/core/domain/ids.ts';
import type { RunContext, RunModel } from '@errand/core/ports/capability.ts';
import { expect, test } from 'vitest';
import { givenDocument } from '../text/fixture/given-document.ts';
import { ScriptedModel } from '../text/model/fixture/scripted-model.ts';
import { textAnswer } from './text-answer.ts';
import { textCompare } from './text-compare.ts';
import { textExtract } from './text-extract.ts';

function run(model?: RunModel): RunContext {
	const never = () => Promise.reject(new Error('reaches nothing'));
	return {
		taskId: asTaskId('t1'),
		person: asPersonId('p1'),
		signal: new AbortController().signal,
		progress: () => {},
		taint: () => {},
		saveArtifact: never,
		readArtifact: never,
		fetch: never,
		workspace: undefined,
		answers: [],
		ask: () => {
			throw new Error('asks nothing');
		},
		...(model !== undefined && { model }),
	};
}

const documents = [
	givenDocument('Wren costs €10 a month.\n\nWren was founded by Tamsin Quell.', { title: 'Wren' }),
	givenDocument('Finch costs €15 a month.', { title: 'Finch' }),
];

test('works by rules without a model', async () => {
	const outputs = [
		await textCompare.run({ items: documents }, run()),
		await textAnswer.run({ documents, questions: ['Who founded Wren?'] }, run()),
		await textExtract.run({ documents }, run()),
	];
	expect(outputs.map(({ method }) => method)).toEqual(['rules', 'rules', 'rules']);
	expect(outputs.flatMap(({ warnings }) => warnings).join()).not.toContain('language model');
});

test('works with the model where there is one', async () => {
	const advice = { item: 1, reasons: [{ text: 'Wren is €10 a month, Finch €15.', criteria: ['Price'] }] };
	const compare = new ScriptedModel([{ cells: [] }, advice]);
	const quotes = [{ document: 1, quote: 'Wren was founded by Tamsin Quell.' }];
	const answer = new ScriptedModel([{ answers: [{ question: 1, answer: 'Tamsin Quell founded it.', quotes }] }]);
	const extract = new ScriptedModel([{ names: [{ document: 1, kind: 'people', value: 'Tamsin Quell' }] }]);
	const compared = await textCompare.run({ items: documents, need: 'the lowest price' }, run(compare));
	const answered = await textAnswer.run({ documents, questions: ['Who founded Wren?'] }, run(answer));
	const extracted = await textExtract.run({ documents }, run(extract));
	expect([compared.method, answered.method, extracted.method]).toEqual(['model', 'model', 'model']);
	expect(compared.recommendation).toMatchObject({ item: 'Wren', reasons: ['Wren is €10 a month, Finch €15.'] });
	expect(answered.answers[0]?.answer).toBe('Tamsin Quell founded it.');
	expect(extracted.items.map(({ value }) => value)).toContain('Tamsin Quell');
	expect([...compare.requests, ...answer.requests, ...extract.requests].map(({ purpose }) => purpose)).toEqual([
		'text.compare',
		'text.compare',
		'text.answer',
		'text.extract',
	]);
});
