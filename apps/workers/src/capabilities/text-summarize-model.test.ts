import type { ModelRequest } from '@errand/core/ports/language-model.ts';
import { describe, expect, test } from 'vitest';
import { givenDocument } from '../text/fixture/given-document.ts';
import { runWith } from '../text/fixture/run-with.ts';
import { failing, ScriptedRunModel, textOf } from '../text/model/fixture/scripted-run-model.ts';
import { textSummarize } from './text-summarize.ts';

const slate = givenDocument(
	'The slate industry of Wales grew quickly in the nineteenth century. In 1898 the slate quarries of Wales produced half a million tons of slate. The slate industry of Wales declined after 1900, because cheaper tiles replaced slate on roofs.',
	{ title: 'Slate', url: 'https://slate.example/' },
);
const copper = givenDocument('Copper was mined in Cornwall for centuries. Cornwall exported copper to the world.', {
	title: 'Copper',
});

const sentence = (text: string, ...quotes: string[]) => ({
	sentence: text,
	support: quotes.map((quote) => ({ document: 1, quote })),
});
const GOOD = sentence(
	'Welsh slate declined after 1900 as cheaper tiles came.',
	'declined after 1900, because cheaper tiles replaced slate',
);

async function summarize(model: ScriptedRunModel | undefined, more: object = {}) {
	const { context } = runWith(model);
	const output = await textSummarize.run(textSummarize.input.parse({ documents: [slate], ...more }), context);
	return textSummarize.output.parse(output);
}

describe('text.summarize with a model', () => {
	test('says it in sentences that rest on words of the text, with one call where the text fits', async () => {
		const model = new ScriptedRunModel(() => ({ sentences: [GOOD] }));
		const output = await summarize(model, { focus: 'the decline', maxSentences: 2 });
		expect(output).toEqual({
			text: 'Welsh slate declined after 1900 as cheaper tiles came.',
			sentences: ['Welsh slate declined after 1900 as cheaper tiles came.'],
			sources: [
				{
					title: 'Slate',
					url: 'https://slate.example/',
					quote: 'The slate industry of Wales declined after 1900, because cheaper tiles replaced slate on roofs.',
				},
			],
			warnings: [],
			method: 'model',
		});
		expect(model.requests).toHaveLength(1);
		expect(textOf(model.requests[0] as ModelRequest)).toMatch(/cares about: the decline\nAt most 2 sentences/);
	});

	test.each([
		['an invented figure', sentence('It fell by 40 percent after 1900.', 'declined after 1900')],
		['an invented quote', sentence('Tiles were cheaper.', 'Tiles were much cheaper than slate.')],
		['no quote', sentence('Slate is grey.')],
		['a quote on something else', sentence('Penguins live far away.', 'cheaper tiles replaced slate on roofs')],
	])('leaves out a sentence with %s, and says so', async (_, bad) => {
		const { sentences, warnings, method } = await summarize(new ScriptedRunModel(() => ({ sentences: [bad, GOOD] })));
		expect(sentences).toEqual([GOOD.sentence]);
		expect(warnings).toEqual(['One sentence of the model was left out, because the documents do not bear it out.']);
		expect(method).toBe('model');
	});

	test('gives no more sentences than were asked for, as a list, and marks the sources of several documents', async () => {
		const other = {
			sentence: 'Cornwall mined copper.',
			support: [{ document: 2, quote: 'Copper was mined in Cornwall' }],
		};
		const model = new ScriptedRunModel(() => ({ sentences: [GOOD, other, GOOD] }));
		const output = await summarize(model, { documents: [slate, copper], maxSentences: 2, style: 'bullets' });
		expect(output.text).toBe(`- ${GOOD.sentence} [1]\n- Cornwall mined copper. [2]`);
		expect(output.sources.map(({ title }) => title)).toEqual(['Slate', 'Copper']);
	});

	test('summarises by rules when no sentence stands, or the model fails', async () => {
		const nothing = await summarize(
			new ScriptedRunModel(() => ({ sentences: [sentence('Slate costs $5.', 'nowhere')] })),
		);
		expect(nothing.method).toBe('rules');
		expect(nothing.warnings.join()).toContain('Too little of what the language model wrote');
		const failed = await summarize(new ScriptedRunModel(() => failing('model-unavailable')));
		expect(failed.text).toBe((await summarize(undefined)).text);
		expect(failed.warnings.join()).toContain('did not answer: this was done by rules');
		await expect(summarize(new ScriptedRunModel(() => failing('over-budget')))).rejects.toMatchObject({
			code: 'over-budget',
		});
	});

	test('reads a long text in parts, weighs what they say in several levels, and summarises that', async () => {
		const chapters = Array.from(
			{ length: 150 },
			(_, at) =>
				`## Quarry ${at}\n\nQuarry ${at} was opened in ${1700 + at}. ${'Men and horses carried its slate to the harbour in the valley. '.repeat(6)}`,
		);
		const model = new ScriptedRunModel(
			({ output, messages }) => {
				const text = messages.at(-1)?.text ?? '';
				if (output?.name === 'statements') {
					const quotes = [...text.matchAll(/Quarry \d+ was opened in \d+\./g)].map(([quote]) => quote);
					return { statements: quotes.map((quote) => ({ document: 1, kind: 'figure', statement: quote, quote })) };
				}
				const numbers = [...text.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number));
				if (output?.name === 'weighed_statements') {
					return { groups: numbers.slice(0, 12).map((number) => ({ numbers: [number] })), contradictions: [] };
				}
				const first = /^1\. (.*?) — /m.exec(text)?.[1] ?? '';
				return {
					sentences: [
						{ sentence: first, numbers: [1] },
						{ sentence: 'It cost $9.', numbers: [1] },
					],
				};
			},
			{ contextTokens: 4_096 },
		);
		const output = await summarize(model, { documents: [givenDocument(chapters.join('\n\n'))] });
		const weighing = model.requests.filter((request) => request.output?.name === 'weighed_statements');
		expect(weighing.length).toBeGreaterThan(2);
		expect(model.requests.length).toBeLessThanOrEqual(40);
		expect(output.sentences).toHaveLength(1);
		expect(output.sentences[0]).toMatch(/^Quarry \d+ was opened in \d+\.$/);
		expect(output.sources[0]?.quote).toBe(output.sentences[0]);
	});
});
