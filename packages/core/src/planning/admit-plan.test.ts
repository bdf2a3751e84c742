import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { DEFAULT_RETRY, DEFAULT_TIMEOUT_MS } from '../domain/capability.ts';
import { DocumentSchema } from '../domain/document.ts';
import { asStepId } from '../domain/ids.ts';
import type { Json } from '../domain/json.ts';
import { planProblems } from '../domain/task/check-plan.ts';
import type { PlanStep } from '../domain/task/plan.ts';
import type { CapabilityDeclaration } from '../ports/capability.ts';
import { admitPlan } from './admit-plan.ts';

function capability(name: string, input: z.ZodType, rest: Partial<CapabilityDeclaration> = {}): CapabilityDeclaration {
	const fixed = {
		version: 1,
		summary: name,
		output: z.unknown(),
		effects: 'none',
		pure: true,
		placement: 'inline',
	} as const;
	return { ...fixed, name, input, concurrency: 1, ...rest };
}

const catalogue = [
	capability('web.read', z.union([z.strictObject({ url: z.url() }), z.strictObject({ artifact: z.string() })]), {
		timeoutMs: 60_000,
		retry: { maxAttempts: 2, waitsMs: [5] },
	}),
	capability(
		'text.compare',
		z.object({ items: z.array(DocumentSchema).min(2), criteria: z.array(z.string()).optional() }),
	),
	capability('mail.send', z.object({ to: z.string(), count: z.int().max(5).default(1) }), { effects: 'external' }),
	capability('files.write', z.object({ path: z.string(), content: z.string() }), {
		effects: 'idempotent',
		sessions: ['workspace'],
	}),
];

function step(id: string, capabilityName: string, input: Json, rest: Partial<PlanStep> = {}): PlanStep {
	return { id: asStepId(id), title: id, capability: capabilityName, input, dependsOn: [], essential: true, ...rest };
}

const read = (id: string) => step(id, 'web.read', { url: `https://example.com/${id}` });

function problems(...steps: PlanStep[]): string[] {
	const admission = admitPlan(steps, catalogue);
	return admission.ok ? [] : admission.problems.map(({ stepId, message }) => `${stepId}: ${message}`);
}

describe('admitPlan', () => {
	test('writes what the capability promises into the step', () => {
		const admission = admitPlan(
			[read('a'), step('b', 'files.write', { path: 'x', content: 'y' }, { timeoutMs: 7, effects: 'external' })],
			catalogue,
		);
		if (!admission.ok) throw new Error(JSON.stringify(admission.problems));
		expect(admission.steps).toMatchObject([
			{ id: 'a', timeoutMs: 60_000, retry: { maxAttempts: 2, waitsMs: [5] }, effects: 'none' },
			{ id: 'b', timeoutMs: 7, retry: DEFAULT_RETRY, effects: 'external', sessions: ['workspace'] },
		]);
		expect(admitPlan([step('c', 'mail.send', { to: 'x' })], catalogue)).toMatchObject({
			ok: true,
			steps: [{ timeoutMs: DEFAULT_TIMEOUT_MS, effects: 'external' }],
		});
	});

	test('makes every step that is referred to a dependency', () => {
		const compare = step('c', 'text.compare', { items: [{ $from: 'a' }, { $from: 'b' }] });
		expect(admitPlan([compare, read('a'), read('b')], catalogue)).toMatchObject({
			ok: true,
			steps: [{ id: 'c', dependsOn: ['a', 'b'] }, { dependsOn: [] }, { dependsOn: [] }],
		});
	});

	test('believes references where they stand, in unions and short lists too', () => {
		const steps = [
			read('a'),
			step('b', 'web.read', { url: { $from: 'a.links.0.url' } }),
			step('c', 'text.compare', { items: [{ $from: 'a.parts', $spread: true }] }),
			step('d', 'text.compare', { $from: 'a' }),
			step('e', 'text.compare', { items: [{ $from: 'a' }, { $from: 'b' }], criteria: { $from: 'a.links.text' } }),
			step('f', 'mail.send', { to: { $from: 'item' } }, { forEach: { $from: 'a.links' } }),
		];
		expect(problems(...steps)).toEqual([]);
	});

	test('checks everything beside the references', () => {
		const compare = step('c', 'text.compare', { items: [{ $from: 'a' }, { title: 7 }], criteria: 'price' });
		expect(problems(read('a'), compare)).toEqual([
			'c: The input of "text.compare" does not fit at "items.1.title": Invalid input: expected string, received number.',
			expect.stringMatching(/^c: .* at "items\.1\.kind": Invalid option/),
			'c: The input of "text.compare" does not fit at "items.1.markdown": Invalid input: expected string, received undefined.',
			'c: The input of "text.compare" does not fit at "criteria": Invalid input: expected array, received string.',
		]);
		expect(problems(step('m', 'mail.send', { to: { $from: 'm2.x' }, count: 9 }), step('m2', 'mail.send', {}))).toEqual([
			'm: The input of "mail.send" does not fit at "count": Too big: expected number to be <=5.',
			'm2: The input of "mail.send" does not fit at "to": Invalid input: expected string, received undefined.',
		]);
	});

	test('complains about the alternative of a union that was most likely meant', () => {
		expect(problems(step('a', 'web.read', { url: 'not a url' }))).toEqual([
			'a: The input of "web.read" does not fit at "url": Invalid URL.',
		]);
		expect(problems(read('b'), step('a', 'web.read', { url: { $from: 'b.title' }, depth: 3 }))).toEqual([
			'a: The input of "web.read" does not fit: Unrecognized key: "depth".',
		]);
	});

	test('suggests the capability that was meant', () => {
		expect(problems(step('a', 'web.raed', {}))).toEqual([
			'a: There is no capability "web.raed"; did you mean "web.read"?',
		]);
		expect(problems(step('a', 'compare.text', {}))[0]).toContain('did you mean "text.compare"?');
		expect(problems(step('a', 'rocket.launch', {}))[0]).toContain('there are web.read, text.compare');
	});

	test('lets a plan be stricter about effects, never laxer', () => {
		const send = (effects: 'none' | 'idempotent' | 'external') => step('a', 'mail.send', { to: 'x' }, { effects });
		expect(problems(send('external'))).toEqual([]);
		expect(problems(send('idempotent'))).toEqual([
			'a: effects "idempotent" is weaker than what "mail.send" declares ("external"); a plan may only be stricter.',
		]);
		expect(problems(send('none'))).toHaveLength(1);
	});

	test('tells structural problems, and those of other steps with them', () => {
		expect(problems(step('a', 'web.read', { url: { $from: 'gone' } }), step('b', 'x', {}))).toEqual([
			'a: The input refers to "gone", but there is no step "gone".',
			expect.stringContaining('b: There is no capability "x"'),
		]);
		expect(problems()).toEqual(['undefined: The plan has no steps.']);
	});

	test('lets new steps refer to those the plan has already, but not take their ids', () => {
		const compare = step('c', 'text.compare', { items: [{ $from: 'a' }, { $from: 'b' }] });
		const existing = [read('a'), read('b')];
		expect(admitPlan([compare], catalogue, { existing })).toMatchObject({ ok: true, steps: [{ id: 'c' }] });
		expect(admitPlan([read('a')], catalogue, { existing })).toMatchObject({
			ok: false,
			problems: [{ stepId: 'a', message: 'Two steps have the id "a"; ids must be unique.' }],
		});
	});

	test('admits random plans exactly when they are sound, and what it admits stays sound', () => {
		const id = fc.constantFrom('a', 'b', 'c', 'd');
		const value = fc.oneof(
			id.map((from) => ({ $from: `${from}.x` })),
			fc.constantFrom<Json>('https://example.com', 7, [], {}, { $from: 3 }),
		);
		const random = fc
			.record({ id, name: fc.constantFrom('web.read', 'mail.send', 'files.write', 'nope'), value })
			.map((one) =>
				step(
					one.id,
					one.name,
					one.name === 'web.read' ? { url: one.value } : { to: one.value, path: one.value, content: '' },
				),
			);
		fc.assert(
			fc.property(fc.array(random, { maxLength: 5 }), (steps) => {
				const admission = admitPlan(steps, catalogue);
				if (admission.ok) {
					expect(planProblems(admission.steps)).toEqual([]);
					expect(admission.steps.map((one) => one.id)).toEqual(steps.map((one) => one.id));
					expect(admitPlan(admission.steps, catalogue)).toEqual(admission);
				} else {
					expect(admission.problems.length).toBeGreaterThan(0);
					for (const problem of admission.problems) expect(problem.message).toMatch(/[.?]$/);
				}
			}),
			{ numRuns: 500 },
		);
	});
});
