import type { ModelRequest } from '@errand/core/ports/language-model.ts';
import { describe, expect, test } from 'vitest';
import { readCorpus } from '../../corpus.ts';
import { quoteIsVerbatim } from '../../facts/quote.ts';
import { givenDocument } from '../../fixture/given-document.ts';
import { runWith } from '../../fixture/run-with.ts';
import { BoundedModel, MOST_CALLS } from '../asking/bounded-model.ts';
import { estimateTokens } from '../asking/text-size.ts';
import { failing, ScriptedRunModel, textOf } from '../fixture/scripted-run-model.ts';
import { gatherStatements } from './gather-statements.ts';

const long = givenDocument(
	Array.from(
		{ length: 400 },
		(_, at) =>
			`## Chapter ${at}\n\nThe canal of district ${at} was dug in the year ${1500 + at}. ${'It carries grain and timber to the sea. '.repeat(4)}`,
	).join('\n\n'),
	{ title: 'Canals' },
);

/** Quotes the first sentence of each chapter it is shown. */
function reader({ messages }: ModelRequest): object {
	const text = messages.at(-1)?.text ?? '';
	const found = [...text.matchAll(/The canal of district \d+ was dug in the year \d+\./g)].map(([quote]) => quote);
	return { statements: found.slice(0, 5).map((quote) => ({ document: 1, kind: 'figure', statement: quote, quote })) };
}

function gather(model: ScriptedRunModel, more: { focus?: string; documents?: Parameters<typeof readCorpus>[0] } = {}) {
	const { context } = runWith(model);
	const corpus = readCorpus(more.documents ?? [long]);
	return gatherStatements({
		model: new BoundedModel(model),
		corpus,
		task: 'Read.',
		focus: more.focus,
		purpose: 'text.write',
		reserve: 5,
		context,
	});
}

describe('gatherStatements', () => {
	test('reads what is too long in parts that fit, up to three at a time', async () => {
		const model = new ScriptedRunModel(reader, { contextTokens: 4_096 });
		const { statements, warnings } = await gather(model);
		expect(model.requests.length).toBeGreaterThan(10);
		expect(model.requests.length).toBeLessThanOrEqual(30);
		expect(model.mostUnderWay).toBe(3);
		for (const request of model.requests) {
			expect(estimateTokens(textOf(request)) + request.maxTokens).toBeLessThan(4_096);
		}
		expect(statements.length).toBe(model.requests.length * 5);
		expect(statements.every(({ quote }) => quoteIsVerbatim(long, quote))).toBe(true);
		expect(warnings).toEqual([]);
	});

	test('leaves out what is furthest from the request where it is more than thirty parts, and says so', async () => {
		const model = new ScriptedRunModel(reader, { contextTokens: 2_500 });
		const { warnings } = await gather(model, { focus: 'When was the canal of district 333 dug?' });
		expect(model.requests.length).toBeLessThanOrEqual(30);
		expect(model.requests.some((request) => textOf(request).includes('canal of district 333'))).toBe(true);
		expect(warnings.join()).toMatch(/\d+ of \d+ sentences, those furthest from the request, were left out/);
	});

	test('reads a part by rules when the model fails on it, and says so', async () => {
		const model = new ScriptedRunModel(
			(request) => (textOf(request).includes('district 7 ') ? failing('model-reply') : reader(request)),
			{
				contextTokens: 4_096,
			},
		);
		const { statements, warnings } = await gather(model);
		expect(warnings.join()).toMatch(
			/The model failed on 1 of \d+ parts, which were read by fixed rules: The stand-in fails\./,
		);
		const parts = model.requests.length;
		expect(statements.length).toBeGreaterThan((parts - 1) * 5);
		expect(statements.every(({ quote }) => quoteIsVerbatim(long, quote))).toBe(true);
	});

	test('gives up early when the model fails on all that it tries', async () => {
		const model = new ScriptedRunModel(() => failing('model-unavailable'), { contextTokens: 4_096 });
		await expect(gather(model)).rejects.toMatchObject({ code: 'model-unavailable' });
		expect(model.requests.length).toBeLessThanOrEqual(6);
	});

	test('never asks more often than is allowed, even of a model that is always wrong', async () => {
		const model = new ScriptedRunModel((request, at) => (at % 2 === 0 ? reader(request) : 'no JSON'), {
			contextTokens: 4_096,
		});
		await gather(model).catch(() => undefined);
		expect(model.requests.length).toBeLessThanOrEqual(MOST_CALLS);
	});

	test('reads several short documents at once, and finds a quote in the one that holds it', async () => {
		const documents = ['The mill was built in 1820.', 'The weir was built in 1911.', ''].map((text, at) =>
			givenDocument(text, { title: `Page ${at}` }),
		);
		const model = new ScriptedRunModel(() => ({
			statements: [
				{ document: 1, kind: 'figure', statement: 'The weir is of 1911.', quote: 'The weir was built in 1911.' },
				{ document: 77, kind: 'figure', statement: 'The mill is of 1820.', quote: 'The mill was built in 1820' },
			],
		}));
		const { statements } = await gather(model, { documents });
		expect(model.requests).toHaveLength(1);
		expect(statements.map(({ document, quote }) => [document, quote])).toEqual([
			[1, 'The weir was built in 1911.'],
			[0, 'The mill was built in 1820.'],
		]);
	});

	test('quotes the whole sentence, because half of one may turn it around', async () => {
		const documents = [givenDocument('It is not true that the bridge is safe for lorries. It was built in 1950.')];
		const claim = {
			document: 1,
			kind: 'topic',
			statement: 'The bridge is safe.',
			quote: 'the bridge is safe for lorries',
		};
		const model = new ScriptedRunModel(() => ({ statements: [claim] }));
		const { statements } = await gather(model, { documents });
		expect(statements[0]?.quote).toBe('It is not true that the bridge is safe for lorries.');
	});

	test('stops when the run is cancelled', async () => {
		const run = runWith(undefined);
		const model = new ScriptedRunModel(
			(request, at) => {
				if (at === 2) run.abort();
				return reader(request);
			},
			{ contextTokens: 4_096 },
		);
		const reading = gatherStatements({
			model: new BoundedModel(model),
			corpus: readCorpus([long]),
			task: 'Read.',
			purpose: 'text.write',
			reserve: 5,
			context: run.context,
		});
		await expect(reading).rejects.toThrow();
		expect(model.requests.length).toBeLessThanOrEqual(6);
	});
});
