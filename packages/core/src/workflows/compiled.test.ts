import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compileWorkflow } from '../planning/workflow/compile-workflow.ts';
import { BUILT_IN_WORKFLOWS } from './built-in/built-in-workflows.ts';
import type { AnyWorkflow } from './code-workflow.ts';
import { and, contains, eq, exists, gt, includes, lt, not, or, orElse } from './conditions.ts';
import { defineWorkflow } from './define-workflow.ts';

const read = {
	name: 'web.read',
	input: z.object({ url: z.string() }),
	output: z.object({
		title: z.string(),
		words: z.number(),
		by: z.string().optional(),
		links: z.array(z.object({ url: z.string() })),
	}),
};

function planOf(
	workflow: AnyWorkflow,
	input: Parameters<typeof compileWorkflow>[1]['input'],
	others: readonly AnyWorkflow[] = [],
) {
	const library = (name: string) => others.find(({ definition }) => definition.name === name)?.definition;
	const compiled = compileWorkflow(workflow.definition, { input, library });
	return compiled.ok ? compiled.steps : compiled.problems.map(({ message }) => message);
}

describe('a workflow in code', () => {
	it('compiles to a plan, with each construct in it', () => {
		const inner = defineWorkflow({
			name: 'inner',
			input: z.object({ url: z.string() }),
			steps: (flow, { url }) => flow.use(read, { url }).title,
		});
		const all = defineWorkflow({
			name: 'all',
			input: z.object({ url: z.string(), many: z.number().default(3) }),
			steps: (flow, { url, many }) => {
				const page = flow.use(read, { url }, { retry: { attempts: 2, waits: ['1s'] }, timeout: '10s' });
				const sides = flow.parallel({
					one: () => flow.use(read, { url: page.title }),
					two: () => flow.step('count', { input: { page }, run: ({ page }) => page.words, undo: () => null }),
				});
				const pages = flow.each(page.links, (link) => flow.use(read, { url: link.url }), { max: 5 });
				const checked = flow.each(pages, (one) => {
					const again = flow.use(read, { url: one.links.at(0).url }, { optional: true });
					return { again: again.title, text: `${one.title}, ${one.words} words, $${one.words} \${}` };
				});
				const asked = flow.when(
					and(gt(page.words, 10), not(contains(page.title, 'x')), or(exists(page.by), lt(sides.two, many))),
					() => flow.ask('Which?', { choices: ['a', 'b'] }),
					() => flow.value({ none: orElse(page.by, 'nobody') }),
				);
				const looped = flow.loop(
					{ max: 4, first: { words: 0 }, wait: '1m', otherwise: 'go-on' },
					(before) => ({ words: flow.step('more', { input: { before }, run: ({ before }) => before.words + 1 }) }),
					({ words }) => gt(words, 2),
				);
				flow.wait('2h');
				const paid = flow.event('paid', { timeout: '1d', otherwise: 'go-on', data: z.object({ sum: z.number() }) });
				const title = orElse(flow.workflow(inner, { url: page.title }, { when: eq(paid.sum, 3) }), 'none');
				const has = includes(
					pages.map((one) => one.title),
					title,
				);
				return { asked, looped, checked, title, has, first: pages.filter((one) => gt(one.words, 3)).at(0) };
			},
		});
		const steps = planOf(all, { url: 'https://example.org' }, [inner]);
		expect(steps.filter((step) => typeof step === 'string')).toEqual([]);
		const used = JSON.stringify(steps).match(/"capability":"[^"]+"/g) ?? [];
		for (const name of [
			'web.read',
			'fn.all.v1.count',
			'fn.all.v1.count_undo',
			'flow.group',
			'flow.loop',
			'flow.wait',
		]) {
			expect(used).toContain(`"capability":"${name}"`);
		}
	});

	it('compiles where it ships with Errand', () => {
		const inputs = {
			'llm-request': { request_id: 'r', task_type: 'qa', messages: [{ role: 'user', content: 'Hi' }] },
			embedding: { query_id: 'q', query: 'Hi', model: 'auto' },
			'agent-coordination': { message_id: 'm', source_agent: 'a', target_agent: 'b', message_type: 't', payload: 1 },
		};
		for (const workflow of BUILT_IN_WORKFLOWS) {
			const steps = planOf(workflow, inputs[workflow.definition.name as keyof typeof inputs]);
			expect(steps.filter((step) => typeof step === 'string')).toEqual([]);
			expect(steps.map((step) => (typeof step === 'string' ? step : step.id))).toHaveLength(4);
		}
	});
});
