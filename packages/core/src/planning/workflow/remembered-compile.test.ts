import { describe, expect, it } from 'vitest';
import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import { compileWorkflow } from './compile-workflow.ts';
import { rememberedCompile } from './remembered-compile.ts';

const definition: WorkflowDefinition = {
	name: 'greet',
	version: 1,
	input: { type: 'object', properties: { name: { type: 'string' } } },
	steps: [{ id: 'greet', let: 'Hello ${input.name}, ${kept}' }],
};
const library = () => undefined;

describe('a remembered compilation', () => {
	const { compile, forget } = rememberedCompile(compileWorkflow);

	it('gives the same plan for the same input', () => {
		const once = compile(definition, { input: { name: 'Ada' }, library });
		expect(once).toEqual(compileWorkflow(definition, { input: { name: 'Ada' }, library }));
		expect(compile(definition, { input: { name: 'Ada' }, library })).toBe(once);
	});

	it('keeps nothing once it is to forget', () => {
		const once = compile(definition, { input: { name: 'Eve' }, library });
		forget();
		expect(compile(definition, { input: { name: 'Eve' }, library })).not.toBe(once);
	});

	it.each([
		['another input', definition, { input: { name: 'Bob' } }],
		['something kept', definition, { input: { name: 'Ada' }, kept: 'again' }],
		['another version', { ...definition, steps: [{ let: 'Bye ${input.name}' }] }, { input: { name: 'Ada' } }],
	])('compiles anew for %s', (_what, one, given) => {
		compile(definition, { input: { name: 'Ada' }, library });
		expect(compile(one, { ...given, library })).toEqual(compileWorkflow(one, { ...given, library }));
	});

	it('sees what became of the parts of a workflow', () => {
		const whole: WorkflowDefinition = { name: 'whole', version: 1, steps: [{ workflow: 'part' }] };
		const part = (text: string): WorkflowDefinition => ({ name: 'part', version: 1, steps: [{ let: text }] });
		compile(whole, { input: {}, library: () => part('old') });
		expect(JSON.stringify(compile(whole, { input: {}, library: () => part('new') }))).toContain('new');
	});

	it('keeps no refusal', () => {
		const whole: WorkflowDefinition = { name: 'whole', version: 1, steps: [{ let: '${nothing}' }] };
		expect(compile(whole, { input: {}, library }).ok).toBe(false);
	});
});
