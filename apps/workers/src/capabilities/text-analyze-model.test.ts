import type { Document } from '@errand/core/domain/document.ts';
import { describe, expect, test } from 'vitest';
import { quoteIsVerbatim } from '../text/facts/quote.ts';
import { givenDocument } from '../text/fixture/given-document.ts';
import { runWith } from '../text/fixture/run-with.ts';
import { failing, ScriptedRunModel } from '../text/model/fixture/scripted-run-model.ts';
import { textAnalyze } from './text-analyze.ts';

const draft = givenDocument('The budget of the fair is $5,000. The fair opens on 3 May 2026. Ada runs the fair.', {
	title: 'Draft',
	publisher: 'Fair office',
});
const final = givenDocument('The budget of the fair is $7,500. The tenant must clear the field.', { title: 'Final' });

const said = (document: number, kind: string, statement: string, quote = statement) => ({
	document,
	kind,
	statement,
	quote,
});
const STATEMENTS = [
	said(1, 'figure', 'The budget is $5,000.', 'The budget of the fair is $5,000.'),
	said(1, 'deadline', 'The fair opens on 3 May 2026.'),
	said(2, 'figure', 'The budget is $7,500.', 'The budget of the fair is $7,500.'),
	said(2, 'obligation', 'The field must be cleared by the tenant.', 'The tenant must clear the field.'),
];

async function analyze(
	script: ConstructorParameters<typeof ScriptedRunModel>[0],
	documents: Document[] = [draft, final],
) {
	const { context } = runWith(new ScriptedRunModel(script));
	return textAnalyze.output.parse(
		await textAnalyze.run(textAnalyze.input.parse({ documents, need: 'the fair' }), context),
	);
}
const weighing = (contradictions: object[]) => ({
	groups: [1, 2, 3, 4].map((number) => ({ numbers: [number] })),
	contradictions,
});

describe('text.analyze with a model', () => {
	test('tells insights of each kind with words that stand in the documents', async () => {
		const output = await analyze(({ output }) =>
			output?.name === 'statements' ? { statements: STATEMENTS } : weighing([]),
		);
		expect(output.method).toBe('model');
		expect(output.insights.map(({ kind, statement }) => [kind, statement]).slice(0, 4)).toEqual([
			['figure', 'The budget is $5,000.'],
			['deadline', 'The fair opens on 3 May 2026.'],
			['figure', 'The budget is $7,500.'],
			['obligation', 'The field must be cleared by the tenant.'],
		]);
		for (const { source } of output.insights) {
			const document = source.title === 'Draft' ? draft : final;
			expect(quoteIsVerbatim(document, source.quote ?? '')).toBe(true);
		}
		expect(output.text).toContain('## Duties\n\n- The field must be cleared by the tenant. [4]');
	});

	test('names a contradiction with the words of both, found by the model or by rules', async () => {
		for (const contradictions of [[{ about: 'the budget', numbers: [1, 3] }], []]) {
			const output = await analyze(({ output }) =>
				output?.name === 'statements' ? { statements: STATEMENTS } : weighing(contradictions),
			);
			const found = output.insights.filter(({ kind }) => kind === 'contradiction');
			expect(found.map(({ statement }) => statement)).toEqual([
				`${contradictions.length > 0 ? 'The budget: ' : ''}Fair office says “The budget of the fair is $5,000”; Final says “The budget of the fair is $7,500”.`,
			]);
			expect(output.text).toMatch(/## Where the documents differ\n\n- .* \[1\] \[2\]/);
		}
	});

	test('passes over contradictions of numbers that do not exist or of one document, and what they are said to be about', async () => {
		const bad = [
			{ about: 'x', numbers: [1, 99] },
			{ about: 'x', numbers: [1, 2] },
			{ about: 'a fine of $1,000,000', numbers: [1, 3] },
		];
		const output = await analyze(({ output }) =>
			output?.name === 'statements' ? { statements: STATEMENTS } : weighing(bad),
		);
		const found = output.insights.filter(({ kind }) => kind === 'contradiction');
		expect(found).toHaveLength(1);
		expect(found[0]?.statement).toMatch(/^Fair office says/);
	});

	test('holds nothing that does not stand in the documents', async () => {
		const bad = [
			said(1, 'risk', 'The fair will fail.', 'The fair will surely fail.'),
			said(1, 'figure', 'The budget is $9,999.', 'The budget of the fair is $5,000.'),
		];
		const output = await analyze(({ output }) =>
			output?.name === 'statements' ? { statements: [...STATEMENTS, ...bad] } : weighing([]),
		);
		expect(output.text).not.toMatch(/fail|9,999/);
		expect(output.warnings).toHaveLength(2);
	});

	test('weighs by rules when the model fails at that, and analyses by rules when it finds nothing or fails', async () => {
		const half = await analyze(({ output }) =>
			output?.name === 'statements' ? { statements: STATEMENTS } : failing('model-reply'),
		);
		expect(half.method).toBe('model');
		expect(half.insights).toHaveLength(5);
		expect(half.warnings).toEqual(['The model failed to weigh the statements against each other; fixed rules did.']);
		expect((await analyze(() => ({ statements: [] }))).method).toBe('rules');
		expect((await analyze(() => failing('model-refused'))).method).toBe('rules');
		await expect(analyze(() => failing('cancelled'))).rejects.toMatchObject({ code: 'cancelled' });
	});

	test('needs one call for one document', async () => {
		const model = new ScriptedRunModel(() => ({ statements: STATEMENTS.slice(0, 2) }));
		const { context } = runWith(model);
		const output = await textAnalyze.run(textAnalyze.input.parse({ documents: [draft] }), context);
		expect(model.requests).toHaveLength(1);
		expect(output.insights).toHaveLength(2);
	});
});
