import { describe, expect, it } from 'vitest';
import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import { editWorkflow } from './edit-workflow.ts';
import { readWorkflow } from './read-workflow.ts';

const TEXT = `# What it is for
name: demo   # short
steps:
  # First, look.
  - use: web.search
    id: search   # keys in an order of their own
    with: { query: 'about "bees"' }

  - id: read
    each: search.hits
    use: web.read
    with:
      url: "\${item.url}" # verbatim
result: \${read}
`;

function definitionOf(text: string): WorkflowDefinition {
	const read = readWorkflow(text);
	if (!read.ok) throw new Error(JSON.stringify(read.problems));
	return read.definition;
}

describe('editing a workflow', () => {
	it('leaves a text alone whose definition did not change, but for spaces before comments', () => {
		const spaces = (text: string) => text.replace(/ +#/g, ' #');
		expect(spaces(editWorkflow(TEXT, definitionOf(TEXT)))).toBe(spaces(TEXT));
	});

	it('changes what changed, and keeps comments, order and quotes of the rest', () => {
		const definition = definitionOf(TEXT);
		const [search, read] = definition.steps;
		if (search === undefined || read === undefined) throw new Error('two steps');
		const added = { id: 'wait', wait: '1h' };
		const edited = editWorkflow(TEXT, {
			...definition,
			version: 2,
			steps: [{ ...search, title: 'Look' }, added, read],
		});
		expect(definitionOf(edited)).toEqual({
			...definition,
			version: 2,
			steps: [{ ...search, title: 'Look' }, added, read],
		});
		for (const kept of [
			'# What it is for',
			'# First, look.',
			'# keys in an order',
			`'about "bees"'`,
			'"${item.url}" # verbatim',
		])
			expect(edited).toContain(kept);
		expect(edited.indexOf('use: web.search')).toBeLessThan(edited.indexOf('id: search'));
	});

	it('takes away steps and moves others with their comments', () => {
		const definition = definitionOf(
			TEXT.replace('${item.url}', '${item}').replace('each: search.hits', 'each: "[1, 2]"'),
		);
		const { steps } = definition;
		const turned = { ...definition, steps: steps.toReversed() };
		const edited = editWorkflow(TEXT, turned);
		expect(definitionOf(edited)).toEqual(turned);
		expect(edited.indexOf('id: read')).toBeLessThan(edited.indexOf('# First, look.'));
		const shorter = { ...definition, steps: steps.slice(1) };
		expect(definitionOf(editWorkflow(TEXT, shorter))).toEqual(shorter);
	});

	it('writes what comes into empty lists and mappings below them', () => {
		const text = 'name: a\ninput: {}\nsteps: []\n';
		const grown = { name: 'a', version: 1, input: { type: 'object' }, steps: [{ id: 'one', let: 1 }] };
		expect(editWorkflow(text, grown)).toBe('name: a\ninput:\n  type: object\nsteps:\n  - id: one\n    let: 1\n');
	});

	it('writes anew what cannot be read, or uses aliases', () => {
		const definition = definitionOf(TEXT);
		for (const text of ['a: [', '', '- x', 'a: &x 1\nb: *x\n'])
			expect(definitionOf(editWorkflow(text, definition))).toEqual(definition);
	});
});
