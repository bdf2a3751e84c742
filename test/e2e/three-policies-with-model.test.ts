import type { TaskView } from '@errand/core/domain/task/view.ts';
import { quoteIsVerbatim } from '@errand/workers/text/facts/quote.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { carefulCells, carefulMind, lineWith } from '../fixtures/policies/careful-mind.ts';
import { expectedChoices } from '../fixtures/policies/expected.ts';
import { type ServedPolicies, servePolicies, wrongCells } from '../fixtures/policies/serve-policies.ts';
import { marksIn, tableOf } from '../harness/answer-table.ts';
import { type ErrandProcess, startErrand } from '../harness/errand-process.ts';
import { type Mind, type ModelAsked, type ModelStandIn, startModelStandIn } from '../harness/model-stand-in.ts';
import { addressesIn, documentsIn, goalIn } from '../harness/reading-prompts.ts';

const [flood, budget, deductible] = expectedChoices;
const NEED = flood?.need ?? '';
const NAMES = 'Ada Ben Cleo Dora Emil Fay Gus Hana Ivo Jane Kurt Lena Max Nora Otto Pia Quinn Rosa Sam Tess'.split(' ');

describe('comparing three insurance policies with a language model', () => {
	let site: ServedPolicies;
	let model: ModelStandIn;
	let errand: ErrandProcess;
	beforeAll(async () => {
		site = await servePolicies();
		model = await startModelStandIn(carefulMind);
		errand = await startErrand({ env: { ERRAND_ALLOW_PRIVATE_HOSTS: site.host, ...model.env } });
	});
	beforeEach(() => model.think(carefulMind));
	afterAll(async () => {
		await errand.dispose();
		await model.stop();
		await site.stop();
	});

	/**
	 * Whatever the model does, the cells must be true and the quotes must stand in the policies. What it makes of the same input
	 * is kept, so every comparison is of another person's wording.
	 */
	async function compare(need = NEED): Promise<TaskView & { text: string; warnings: string }> {
		const goal = `Compare these three insurance policies and recommend the best one. ${need} ${site.links} Yours, ${NAMES.shift()}`;
		const task = await errand.settled(await errand.submit({ goal }));
		expect(task.error).toBeUndefined();
		expect(task.status).toBe('done');
		const { text = '', sources = [], warnings = [] } = task.result ?? {};
		const rows = tableOf(text);
		expect(wrongCells(rows)).toEqual([]);
		expect(sources.length).toBeGreaterThan(20);
		for (const { url = '', quote = '' } of sources) {
			const document = site.documents.get(url);
			expect(document !== undefined && quoteIsVerbatim(document, quote), `${url}: ${quote}`).toBe(true);
		}
		const marks = [...rows.values()].flatMap((row) => [...row.values()]).flatMap(marksIn);
		expect(marks.filter((mark) => mark < 1 || mark > sources.length)).toEqual([]);
		return { ...task, text, warnings: warnings.join('\n') };
	}

	const recommendationOf = (text: string) => text.slice(text.indexOf('## Recommendation')).split('\n## ')[0] ?? '';

	describe('that is careful', () => {
		it.each(expectedChoices)('recommends $best in its words for: $need', async ({ need, best, because }) => {
			const { text, warnings } = await compare(need);
			const recommendation = recommendationOf(text);
			expect(recommendation).toContain(best);
			expect(recommendation.toLowerCase()).toContain(because);
			expect(recommendation).toContain('What you care about most decides it');
			expect(warnings).not.toContain('language model');
			expect(model.unanswered).toEqual([]);
		});

		it('counts tokens and money on the task, and says that a model planned and wrote', async () => {
			const before = model.asked.length;
			const task = await compare(budget?.need);
			expect(task.plan.by).toBe('model:stand-in');
			expect(task.result?.method).toBe('model');
			expect(model.asked.slice(before).map(({ what }) => what)).toEqual([
				'plan',
				'comparison_cells',
				'comparison_advice',
			]);
			const sent = model.asked.slice(before).reduce((sum, { system, user }) => sum + system.length + user.length, 0);
			expect(task.cost.tokens).toBeGreaterThan(sent / 4);
			// A token costs one millionth of a dollar in, five out.
			expect(task.cost.microUsd).toBeGreaterThan(task.cost.tokens);
			expect(task.cost.microUsd).toBeLessThan(5 * task.cost.tokens);
		});

		it('adds what a careful adviser would mention, each with its quote', async () => {
			const { text, result } = await compare(deductible?.need);
			for (const words of ['Intentional acts of anyone insured', 'reported within a week', 'first policy year only']) {
				const line = text.split('\n').find((one) => one.includes(words)) ?? '';
				expect(marksIn(line).length, words).toBeGreaterThan(0);
			}
			expect(result?.sources.map(({ quote }) => quote)).toContainEqual(
				expect.stringContaining('Tell us within a week'),
			);
		});

		it('is told nothing but the checked table when it advises', async () => {
			await compare();
			const advice = model.asked.findLast(({ what }) => what === 'comparison_advice');
			expect(advice?.user).toContain('Criterion: Premium');
			expect(advice?.user).not.toContain('founded in 1921');
		});
	});

	/** A careful mind but for the cells that it reads. */
	const reading = (cells: (asked: ModelAsked) => unknown[]): Mind => ({
		...carefulMind,
		comparison_cells: (asked) => ({ value: { cells: cells(asked), remarks: [] } }),
	});

	describe('that errs', () => {
		it('leaves out a number that the quote does not hold', async () => {
			model.think(
				reading((asked) =>
					carefulCells(asked).map((cell) => (isCell(cell, 1, 'Premium') ? { ...cell, value: '$431 a year' } : cell)),
				),
			);
			const { warnings, text } = await compare();
			expect(warnings).toContain('“$431 a year” for HearthGuard Classic');
			expect(warnings).toContain('the document does not say so');
			expect(
				text
					.split('\n')
					.filter((line) => line.startsWith('|'))
					.join('\n'),
			).not.toContain('431');
		});

		it('leaves out what it quotes from nowhere', async () => {
			const quote = 'The deductible of this policy is waived for every claim, so you pay $0.';
			model.think(
				reading((asked) => [
					...carefulCells(asked).filter(({ criterion }) => criterion !== 'Deductible'),
					{ document: 2, criterion: 'Deductible', value: '$0', quote },
				]),
			);
			const { warnings, text, result } = await compare();
			expect(warnings).toContain('“$0” for Riverstone Home Plus');
			expect(JSON.stringify(result?.sources)).not.toContain('waived');
			expect(text).not.toContain('waived for every claim');
		});

		it('leaves out a row that it makes up', async () => {
			const awards = (document: number) => ({
				document,
				criterion: 'Customer rating',
				value: `${4 + document / 10} of 5 stars`,
				quote: `Customers rate it ${4 + document / 10} of 5 stars.`,
			});
			model.think(reading((asked) => [...carefulCells(asked), awards(1), awards(2), awards(3)]));
			const { warnings, text } = await compare();
			for (const document of [1, 2, 3]) expect(warnings).toContain(`“${4 + document / 10} of 5 stars”`);
			expect([...tableOf(text).keys()].join()).not.toContain('rating');
		});

		it('leaves out an item that was not compared, and does not recommend it', async () => {
			model.think({
				...reading((asked) => [
					...carefulCells(asked),
					{ document: 4, criterion: 'Premium', value: '$12 a year', quote: 'Four Seasons costs $12 a year.' },
				]),
				comparison_advice: () => ({
					value: { item: 4, reasons: [{ text: 'Four Seasons costs $12 a year.', criteria: ['Premium'] }], against: [] },
				}),
			});
			const { warnings, text } = await compare();
			expect(warnings).toContain('“$12 a year” for an item that is not compared');
			expect(warnings).toContain('recommended an item that is not compared');
			expect(recommendationOf(text)).toContain(flood?.best);
			expect(text.replace(/^>.*$|^- The language model.*$/gm, '')).not.toContain('Four Seasons');
		});

		it("does not let two items' numbers change places, in the table or in the reasons", async () => {
			const swapped = (cells: ReturnType<typeof carefulCells>, criterion: string) => {
				const value = (document: number) => cells.find((cell) => isCell(cell, document, criterion))?.value ?? '';
				return cells.map((cell) => {
					if (cell.criterion !== criterion || cell.document > 2) return cell;
					return { ...cell, value: value(3 - cell.document) };
				});
			};
			model.think({
				...reading((asked) => swapped(swapped(carefulCells(asked), 'Deductible'), 'Limit')),
				comparison_advice: () => ({
					value: {
						item: 1,
						reasons: [
							{
								text: 'HearthGuard Classic has a deductible of $500, Riverstone Home Plus one of $1,000.',
								criteria: ['Deductible'],
							},
						],
						against: [],
					},
				}),
			});
			const { warnings, text } = await compare(budget?.need);
			expect(warnings).toContain('“$500” for HearthGuard Classic, “Deductible”');
			expect(warnings).toContain('“$1,000” for Riverstone Home Plus, “Deductible”');
			expect(warnings).toContain('“$450,000” for HearthGuard Classic, “Limit”');
			expect(warnings).toContain('HearthGuard Classic has a deductible of $500');
			expect(recommendationOf(text)).not.toContain('a deductible of $500');
		});

		it('does not let it take the number of one policy with the words of that other policy', async () => {
			model.think(
				reading((asked) => {
					const [, other] = documentsIn(asked.user);
					const quote = other && lineWith(other, ['$74']);
					return [
						...carefulCells(asked).filter(({ criterion }) => criterion !== 'Premium'),
						{ document: 1, criterion: 'Premium', value: '$74 per month', quote },
					];
				}),
			);
			expect((await compare()).warnings).toContain('“$74 per month” for HearthGuard Classic');
		});
	});

	describe('that plans badly or oddly', () => {
		it.each<[string, Mind[string]]>([
			['says nothing', () => ''],
			[
				'plans what does not exist',
				() => ({
					call: 'propose_plan',
					args: { steps: [{ id: 'a', title: 'Guess', capability: 'magic.guess', input: {} }] },
				}),
			],
			['talks about pages it never read', () => 'I cannot open links, but HearthGuard is probably best.'],
		])('is planned for by rules when it %s', async (_what, plan) => {
			model.think({ ...carefulMind, plan });
			const task = await compare();
			expect(task.plan.by).toBe('rules:compare');
			expect(task.result?.method).toBe('model');
			const facts = await errand.facts(task.id);
			expect(JSON.stringify(facts.filter(({ type }) => type === 'PlanProposed'))).toContain('made by rules');
			expect(recommendationOf(task.text)).toContain('What you care about most decides it');
		});

		it('follows a plan that is odd and can run', async () => {
			model.think({
				...carefulMind,
				plan: ({ user }) => ({ call: 'propose_plan', args: { steps: oddSteps(goalIn(user)) } }),
			});
			const task = await compare();
			expect(task.plan.by).toBe('model:stand-in');
			expect(task.plan.steps.filter(({ status }) => status === 'done').length).toBeGreaterThanOrEqual(5);
			expect(recommendationOf(task.text)).toContain(flood?.best);
		});
	});
});

function isCell(cell: { document: number; criterion: string }, document: number, criterion: string): boolean {
	return cell.document === document && cell.criterion === criterion;
}

/** Later steps first, a step for nothing, one that waits without need, and one on a condition. */
function oddSteps(goal: string) {
	const [one, two, three] = addressesIn(goal);
	return [
		{
			id: 'z',
			title: 'All of it at last',
			capability: 'text.compare',
			input: { items: [{ $from: 'c' }, { $from: 'b' }, { $from: 'a' }], need: goal },
			dependsOn: ['waste'],
			when: { path: 'a.markdown', op: 'exists' },
		},
		{
			id: 'waste',
			title: 'Look for dates nobody wants',
			capability: 'text.extract',
			input: { documents: [{ $from: 'a' }] },
			essential: false,
		},
		{ id: 'c', title: 'C', capability: 'web.read', input: { url: one } },
		{ id: 'b', title: 'B', capability: 'web.read', input: { url: two }, dependsOn: ['c'] },
		{ id: 'a', title: 'A', capability: 'web.read', input: { url: three } },
	];
}
