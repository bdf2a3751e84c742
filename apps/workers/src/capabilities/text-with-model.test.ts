import { expect, test } from 'vitest';
import { givenDocument } from '../text/fixture/given-document.ts';
import { runWith } from '../text/fixture/run-with.ts';
import { ScriptedRunModel } from '../text/model/fixture/scripted-run-model.ts';
import { textAnswer } from './text-answer.ts';
import { textCompare } from './text-compare.ts';
import { textExtract } from './text-extract.ts';

const documents = [
	givenDocument('Wren costs €10 a month.\n\nWren was founded by Tamsin Quell.', { title: 'Wren' }),
	givenDocument('Finch costs €15 a month.', { title: 'Finch' }),
];

test('works by rules without a model', async () => {
	const outputs = [
		await textCompare.run({ items: documents }, runWith().context),
		await textAnswer.run({ documents, questions: ['Who founded Wren?'] }, runWith().context),
		await textExtract.run({ documents }, runWith().context),
	];
	expect(outputs.map(({ method }) => method)).toEqual(['rules', 'rules', 'rules']);
	expect(outputs.flatMap(({ warnings }) => warnings).join()).not.toContain('language model');
});

test('works with the model where there is one', async () => {
	const advice = { item: 1, reasons: [{ text: 'Wren is €10 a month, Finch €15.', criteria: ['Price'] }] };
	const compare = new ScriptedRunModel([{ cells: [] }, advice]);
	const quotes = [{ document: 1, quote: 'Wren was founded by Tamsin Quell.' }];
	const answer = new ScriptedRunModel([{ answers: [{ question: 1, answer: 'Tamsin Quell founded it.', quotes }] }]);
	const extract = new ScriptedRunModel([{ names: [{ document: 1, kind: 'people', value: 'Tamsin Quell' }] }]);
	const compared = await textCompare.run({ items: documents, need: 'the lowest price' }, runWith(compare).context);
	const answered = await textAnswer.run({ documents, questions: ['Who founded Wren?'] }, runWith(answer).context);
	const extracted = await textExtract.run({ documents }, runWith(extract).context);
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
