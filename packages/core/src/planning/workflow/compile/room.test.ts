import { expect, test } from 'vitest';
import { compileWorkflow } from '../compile-workflow.ts';
import { readWorkflow } from '../read-workflow.ts';

const DOUBLED = Array(300).fill('input.a').join(' + ');

function compiled(steps: string, a: string, library: Record<string, string> = {}) {
	const found = (name: string) => library[name] && definitionOf(library[name]);
	return compileWorkflow(definitionOf(steps), { input: { a }, library: (name) => found(name) || undefined });
}

function definitionOf(steps: string, name = 'w') {
	const read = readWorkflow(
		`name: ${name}\nversion: 1\ninput: { properties: { a: { type: string } } }\nsteps:\n${steps}`,
	);
	if (!read.ok) throw new Error(JSON.stringify(read.problems));
	return read.definition;
}

test('what would take long is left to a step of the run', () => {
	const steps = Array.from({ length: 20 }, () => `  - let: "\${(${DOUBLED}).upper().size()}"`).join('\n');
	const found = compiled(steps, 'x'.repeat(200_000));
	expect(found.ok && found.steps.every(({ capability }) => capability === 'value.compute')).toBe(true);
	const small = compiled(steps, 'x');
	expect(small.ok && small.steps.at(-1)).toMatchObject({ capability: 'flow.value', input: 300 });
});

test.each([
	['a text that repeats its input', `  - let: "${Array(5_000).fill('${input.a}').join(' ')}"`],
	['steps that all hold it', Array(990).fill('  - let: { x: "${input.a}" }').join('\n')],
])('%s makes no huge plan', (_, steps) => {
	const found = compiled(steps, 'x'.repeat(200_000));
	expect(found.ok ? '' : found.problems[0]?.message).toContain('too large');
});

test('workflows inside each other do not multiply it', () => {
	const calls = (name: string) => `  - workflow: ${name}\n    with: { a: "\${${DOUBLED}}" }`;
	const library = { one: calls('two'), two: calls('three'), three: '  - let: "${input.a.upper()}"' };
	expect(compiled(calls('one'), 'x'.repeat(3_000), library).ok).toBe(false);
});

test('an input that is too large is refused', () => {
	expect(compiled('  - let: 1', 'x'.repeat(900_000))).toMatchObject({ ok: false });
});
