import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkWorkflowText } from '@errand/core/planning/workflow/check-workflow-text.ts';
import { editWorkflow } from '@errand/core/planning/workflow/edit-workflow.ts';
import { workflowGraph } from '@errand/core/planning/workflow/workflow-graph.ts';
import { workflowJsonSchema } from '@errand/core/planning/workflow/workflow-json-schema.ts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseOrder } from './arguments.ts';
import { knownHere } from './known-here.ts';
import { mermaidOf } from './mermaid.ts';

const FOLDER = join(import.meta.dirname, '../../../../workflows');
const files = globSync('*.yaml', { cwd: FOLDER });

describe('workflows that come with Errand', () => {
	it('are there', () => {
		expect(files.length).toBeGreaterThanOrEqual(5);
	});

	it.each(files)('%s is sound, fits the published schema, and is written evenly', async (file) => {
		const text = readFileSync(join(FOLDER, file), 'utf8');
		const { definition, problems } = checkWorkflowText(text, await knownHere(join(FOLDER, file)));
		expect(problems).toEqual([]);
		if (definition === undefined) throw new Error('There is no definition.');
		expect(file).toBe(`${definition.name}.yaml`);
		const fits = new Ajv2020({ strict: false }).compile(workflowJsonSchema());
		expect([fits(parse(text)), fits.errors]).toEqual([true, null]);
		expect(editWorkflow(text, definition)).toBe(text);
		expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./workflow.schema.json');
	});

	it('have a schema for editors beside them that is up to date: `npm run workflow -- schema`', () => {
		expect(JSON.parse(readFileSync(join(FOLDER, 'workflow.schema.json'), 'utf8'))).toEqual(workflowJsonSchema());
	});
});

it('understands what was typed, and says how it is used where it does not', () => {
	expect(parseOrder(['check', 'a.yaml', 'b.yaml'])).toEqual({ command: 'check', files: ['a.yaml', 'b.yaml'] });
	expect(parseOrder(['run', 'a', 'n=3', 'words=a b=c', 'list=[1]', '--input', '{"n":1,"m":2}'])).toEqual({
		...{ command: 'run', subject: 'a' },
		input: { n: 3, m: 2, words: 'a b=c', list: [1] },
	});
	for (const wrong of [
		[],
		['check'],
		['graph', 'a', 'b'],
		['schema', 'x'],
		['run'],
		['run', 'a', 'b'],
		['run', 'a', '--input', '[]'],
		['burn'],
		['--burn'],
		['check', 'a', '--input', '{}'],
	])
		expect(() => parseOrder(wrong)).toThrow(
			expect.objectContaining({ hint: expect.stringContaining('npm run workflow') }),
		);
});

it('draws a graph with the steps inside others in their box', () => {
	const steps = workflowGraph({
		name: 'a',
		version: 1,
		steps: [
			{ id: 'x', let: 1 },
			{ id: 'g', steps: [{ id: 'y', title: 'Say "hi"', let: '${x}' }] },
		],
	});
	expect(mermaidOf(steps)).toBe(
		[
			'flowchart TD',
			'  n0["X (let)"]',
			'  subgraph n1["G (group)"]',
			`    n2["Say 'hi' (let)"]`,
			'  end',
			'  n0 --> n1',
		].join('\n'),
	);
});
