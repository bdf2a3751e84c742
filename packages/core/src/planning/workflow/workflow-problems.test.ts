import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import type { CapabilityDeclaration } from '../../ports/capability.ts';
import { checkWorkflowText } from './check-workflow-text.ts';
import { workflowProblems } from './workflow-problems.ts';

const capability = (name: string, input: z.ZodType, output: z.ZodType): CapabilityDeclaration => ({
	...{ name, version: 1, summary: 'A test.', input, output, effects: 'none', pure: true },
	...{ placement: 'inline', concurrency: 1 },
});
const hit = z.object({ url: z.string(), title: z.string() });
const catalogue = [
	capability(
		'web.read',
		z.strictObject({ url: z.string() }),
		z.object({ title: z.string(), markdown: z.string(), links: z.array(hit) }),
	),
	capability('web.search', z.object({ query: z.string() }), z.object({ results: z.array(hit) })),
	capability(
		'text.summarize',
		z.object({ text: z.string(), maxSentences: z.int().optional() }),
		z.object({ text: z.string() }),
	),
	capability('any.json', z.object({}), z.object({ said: z.json() })),
	capability('mcp.open', z.looseObject({ a: z.string().optional() }), z.looseObject({ text: z.string() })),
];
const missing = new Map([['model.ask', 'no language model is set up']]);

function said(...steps: readonly string[]): string[] {
	const text = `name: test\nsteps:\n${steps.map((line) => `  ${line}\n`).join('')}`;
	const { problems } = checkWorkflowText(text, { catalogue, missing });
	return problems.map(({ line, column, path, message }) => `${line}:${column} ${path} ${message}`);
}

describe('what a step gives', () => {
	it('holds nothing but what its schema names, and says so where it is looked at', () => {
		expect(
			said(
				'- { id: fetch, use: web.read, with: { url: "https://example.com" } }',
				'- id: short',
				'  use: text.summarize',
				'  with: { text: "${fetch.text}" }',
				'- let: ${size(fetch.body) + size(fetch.markdown)}',
				'- let: ${short.text}',
			),
		).toEqual([
			'6:22 steps.1.with.text `web.read` gives no `text`; it gives title, markdown, links.',
			expect.stringMatching(/^7:\d+ steps\.2\.let `web\.read` gives no `body`; it gives/),
		]);
	});

	it('is known through lists, elements, groups, branches and loops', () => {
		expect(
			said(
				'- { id: found, use: web.search, with: { query: tea } }',
				'- { id: pages, each: "${found.results}", as: hit, use: web.read, with: { url: "${hit.href}" } }',
				'- let: ${pages.body}',
				'- { id: both, steps: [{ id: one, use: web.read, with: { url: x } }, { let: "${one.titel}" }], gives: "${one}" }',
				'- let: ${both.text}',
				'- { each: "${pages.links}", steps: [{ let: "${item.nothing}" }] }',
			),
		).toEqual([
			expect.stringContaining('`hit` gives no `href`; it gives url, title.'),
			expect.stringContaining('`web.read` gives no `body`; each element of its list gives title, markdown, links.'),
			expect.stringContaining('`web.read` gives no `titel`'),
			expect.stringContaining('`both` gives no `text`; it gives title, markdown, links.'),
			expect.stringContaining('`item` gives no `nothing`; each element of its list gives url, title.'),
		]);
	});

	it('is believed where its schema is open, and where all is well', () => {
		expect(
			said(
				'- { id: any, use: mcp.open, with: { a: x, b: y } }',
				'- let: ${any.whatever.deep}',
				'- { id: found, use: web.search, with: { query: "${any.q}" } }',
				'- let: ${found.results[0].title + found.results.map(hit, hit.url)[0]}',
				'- { when: "${has(found.results) && size(found.results) > 0}", use: web.read, with: { url: "${found.results[0].url}" } }',
			),
		).toEqual([]);
	});
});

describe('a step that may give any JSON, a list of lists of itself among it', () => {
	it('does not break what is looked at in it', () => {
		expect(said('- { id: any, use: any.json }', '- let: ${any.said.items}', '- let: ${any.said[0][0].name}')).toEqual(
			[],
		);
	});
});

describe('a call', () => {
	it('with a key that its capability does not know is told the nearest, once', () => {
		expect(
			said(
				'- use: text.summarize',
				'  with: { text: a, sentences: 3 }',
				'- use: web.read',
				'  with: { url: a, link: b }',
			),
		).toEqual([
			'4:22 steps.0.with.sentences `text.summarize` knows no `sentences`; did you mean `maxSentences`?',
			'6:21 steps.1.with.link `web.read` knows no `link`; it takes url.',
		]);
	});

	it('of a capability that is not offered here is told why', () => {
		expect(said('- use: model.ask')).toEqual([
			'3:10 steps.0.use `model.ask` is not offered here: no language model is set up.',
		]);
		expect(said('- use: model.aks')[0]).toContain('There is no capability `model.aks`');
	});
});

describe('a workflow that is looked at again', () => {
	it('is found wrong for what it uses, though nothing was wrong with it alone', () => {
		const definition: WorkflowDefinition = {
			...{ name: 'again', version: 1, input: { type: 'object', properties: {} } },
			steps: [{ id: 'read', use: 'web.read', with: { url: 'x', adress: 'y' } }, { let: '${read.body}' }],
		};
		expect(workflowProblems(definition)).toEqual([]);
		const found = workflowProblems(definition, { catalogue });
		expect(found.map(({ message }) => message)).toHaveLength(2);
		expect(workflowProblems(structuredClone(definition), { catalogue })).toEqual(found);
	});

	it('is compiled with its parts as they are by then', () => {
		const definition: WorkflowDefinition = { name: 'whole', version: 1, steps: [{ workflow: 'part' }] };
		const part: WorkflowDefinition = { name: 'part', version: 1, steps: [{ let: '${nothing}' }] };
		const none = workflowProblems(definition, { library: () => undefined });
		const broken = workflowProblems(definition, { library: () => part });
		expect(none.map(({ message }) => message)).toEqual([expect.stringContaining('part')]);
		expect(broken).not.toEqual(none);
	});
});
