import { describe, expect, it } from 'vitest';
import type { Json } from '../../domain/json.ts';
import type { PlanStep } from '../../domain/task/plan.ts';
import type { WorkflowDefinition } from '../../domain/workflow/definition.ts';
import { compileWorkflow } from './compile-workflow.ts';
import { readWorkflow } from './read-workflow.ts';

function planOf(
	text: string,
	input: Json = {},
	more: { kept?: Json; library?: Record<string, WorkflowDefinition> } = {},
): readonly PlanStep[] {
	const read = readWorkflow(text);
	if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'));
	const compiled = compileWorkflow(read.definition, {
		input,
		library: (name) => more.library?.[name],
		kept: more.kept ?? null,
	});
	if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('\n'));
	return compiled.steps;
}

const steps = (...lines: string[]) =>
	['name: demo', 'input: { additionalProperties: true }', 'steps:', ...lines, ''].join('\n');
const shape = (plan: readonly PlanStep[]) =>
	plan.map(({ id, capability, dependsOn }) => `${id} ${capability} < ${dependsOn.join(' ')}`.trim());

describe('compiling a workflow', () => {
	it('puts steps of a list after each other, steps side by side after what they look at', () => {
		const plan = planOf(
			steps(
				'  - { use: web.read, with: {} }',
				'  - { id: b, let: 1 }',
				'  - { id: c, let: 2, after: [] }',
				'  - { id: d, let: "${c}", after: [b] }',
			),
		);
		expect(shape(plan)).toEqual([
			'web-read-1 web.read <',
			'b flow.value < web-read-1',
			'c flow.value <',
			'd flow.value < b c',
		]);
		const [group] = planOf(steps('  - id: g', '    parallel: [{ id: a, let: 1 }, { id: b, let: "${a}" }]'));
		expect(shape(group?.body?.steps ?? [])).toEqual(['a flow.value <', 'b flow.value < a', 'g-gives flow.value < a b']);
		expect(group?.body?.gives).toBe('g-gives');
	});

	it('works out before the run what depends on the input alone', () => {
		const [one] = planOf(
			steps(
				'  - { use: x, with: { n: "${input.n / 4 + 1}", t: "${input.n} of ${kept}", left: "${input.none}", l: ["${input.none}", "$${x}"] } }',
			),
			{ n: 10 },
			{ kept: 'k' },
		);
		expect(one?.input).toEqual({ n: 3.5, t: '10 of k', l: ['${x}'] });
		const plan = planOf(
			steps('  - { id: a, let: 1, when: "input.n > 5" }', '  - { id: b, let: 2, when: input.n < 5 }'),
			{ n: 10 },
		);
		expect(plan.map(({ when }) => when)).toEqual([{ all: [] }, { any: [] }]);
	});

	it('leaves what may take long to a step, even where it is known', () => {
		const [slow] = planOf(steps('  - { let: "${input.t.matches(\'(a+)+$\')}" }'), { t: 'a'.repeat(40) });
		expect(slow?.capability).toBe('value.compute');
	});

	it('has one step before each that needs something worked out', () => {
		const plan = planOf(
			steps(
				'  - { id: a, use: x }',
				'  - { id: b, use: y, with: { n: "${a.n + input.k}", t: "t ${a.t}", whole: "${a}" } }',
			),
			{ k: 2, other: 'unused' },
		);
		expect(shape(plan)).toEqual(['a x <', 'b-in value.compute < a', 'b y < a b-in']);
		expect(plan[1]?.input).toEqual({
			template: ['${a.n + input.k}', 't ${a.t}'],
			values: { a: { $from: 'a' }, input: { k: 2 } },
		});
		expect(plan[2]?.input).toEqual({ n: { $from: 'b-in.0' }, t: { $from: 'b-in.1' }, whole: { $from: 'a' } });
	});

	it('makes conditions that a plan can look at itself, and a step for others', () => {
		const whens = (when: string) => planOf(steps('  - { id: a, use: x }', `  - { id: b, let: 1, when: '${when}' }`));
		expect(whens('a.n >= 3 && !a.bad').at(-1)?.when).toEqual({
			all: [
				{
					any: [
						{ path: 'a.n', op: 'gt', value: 3 },
						{ path: 'a.n', op: 'equals', value: 3 },
					],
				},
				{ path: 'a.bad', op: 'equals', value: false },
			],
		});
		expect(whens('5 > a.list[0].n || a.x == "y"').at(-1)?.when).toEqual({
			any: [
				{ path: 'a.list.0.n', op: 'lt', value: 5 },
				{ path: 'a.x', op: 'equals', value: 'y' },
			],
		});
		const worked = whens('size(a.l) > 0');
		expect(worked.map(({ id }) => id)).toEqual(['a', 'b-if', 'b']);
		expect(worked[1]?.input).toEqual({ expression: 'size(a.l) > 0', values: { a: { $from: 'a' } }, condition: true });
	});

	it('goes over lists, and makes one step of a call whose input differs from element to element', () => {
		const plan = planOf(
			steps(
				'  - { id: a, use: x }',
				'  - { id: b, each: a.urls, max: 3, use: y, with: { url: "${item.url}" } }',
				'  - { id: c, each: "input.l", as: e, use: y, with: { t: "t ${e}" }, optional: true }',
			),
			{ l: [1] },
		);
		expect(plan[1]).toMatchObject({
			id: 'b',
			capability: 'y',
			forEach: { $from: 'a.urls', maxItems: 3 },
			input: { url: { $from: 'item.url' } },
		});
		expect(plan[2]).toMatchObject({ id: 'c-each', capability: 'flow.value', input: [1] });
		expect(plan[3]).toMatchObject({
			capability: 'flow.group',
			forEach: { $from: 'c-each', as: 'e' },
			essential: false,
			body: { gives: 'c-one' },
		});
	});

	it('runs the first branch that holds', () => {
		const plan = planOf(
			steps(
				'  - { id: a, use: x }',
				'  - id: c',
				'    choose:',
				'      - { when: a.n == 1, steps: [{ let: one }] }',
				'      - { when: a.n == 2, steps: [{ let: two }] }',
				'      - steps: [{ let: other }]',
			),
		);
		const is = (value: number, not?: true) => ({
			path: 'a.n',
			op: 'equals',
			value,
			...(not === undefined ? {} : { not }),
		});
		expect(plan.slice(1, 4).map(({ when }) => when)).toEqual([
			is(1),
			{ all: [is(1, true), is(2)] },
			{ all: [is(1, true), is(2, true)] },
		]);
		expect(plan.slice(4).map(({ id, input }) => [id, input])).toEqual([
			['c-ran', [{ $from: 'c-1' }, { $from: 'c-2' }, { $from: 'c-3' }]],
			['c', { $from: 'c-ran.0' }],
		]);
	});

	it('repeats, waits, asks, and takes back', () => {
		const plan = planOf(
			steps(
				'  - id: l',
				'    loop: { until: t.ok, max: 3, wait: 1m30s, first: 0, otherwise: go-on }',
				'    steps: [{ id: t, use: x, with: { n: "${previous.n}" } }]',
				'  - { wait: 2h }',
				'  - { wait: { until: 2030-01-01T00:00:00Z } }',
				'  - { id: e, wait: { event: paid, timeout: "${input.t}", otherwise: go-on } }',
				'  - { id: q, ask: { question: "${l.n} ok?", choices: [yes, no] } }',
				'  - { id: u, use: y, with: { a: "${q}" }, retry: { attempts: 2, waits: [1s] }, timeout: 5s, effects: external, undo: { use: z, with: { id: "${u.id}" } } }',
			),
			{ t: '10s' },
		);
		expect(plan[0]).toMatchObject({
			capability: 'flow.loop',
			body: { gives: 't' },
			repeat: {
				until: { path: 't.ok', op: 'equals', value: true },
				max: 3,
				first: 0,
				waitMs: 90_000,
				otherwise: 'go-on',
			},
		});
		expect(plan.slice(1, 4).map(({ input }) => input)).toEqual([
			{ ms: 7_200_000 },
			{ until: '2030-01-01T00:00:00Z' },
			{ name: 'paid', timeoutMs: 10_000, otherwise: 'go-on' },
		]);
		expect(plan[5]).toMatchObject({
			capability: 'human.ask',
			input: { questions: [{ kind: 'choice', text: { $from: 'q-in.0' }, choices: ['yes', 'no'] }] },
		});
		expect(plan[6]).toMatchObject({
			...{
				input: { a: { $from: 'q.answers.0.answer' } },
				retry: { maxAttempts: 2, waitsMs: [1_000] },
				timeoutMs: 5_000,
				effects: 'external',
			},
			undo: { capability: 'z', input: { id: { $from: 'self.id' } } },
		});
	});

	it('puts another workflow in, whose names are its own', () => {
		const sub: WorkflowDefinition = {
			...{
				name: 'sub',
				version: 1,
				input: { properties: { x: {}, k: { default: 7 } } },
				result: { r: '${a}', k: '${input.k}' },
			},
			steps: [{ id: 'a', each: '[1]', use: 'y', with: { of: '${item}', x: '${input.x}' } }],
		};
		const plan = planOf(
			steps('  - { id: a, use: x }', '  - { id: b, each: a.l, steps: [{ workflow: sub, with: { x: "${item}" } }] }'),
			{},
			{ library: { sub } },
		);
		const inner = plan[1]?.body?.steps[0]?.body;
		const call = inner?.steps.find(({ capability }) => capability === 'y');
		// The element of the outer list and that of the inner one are different things.
		expect([call?.forEach?.as, call?.input]).toEqual(['item-2', { of: { $from: 'item-2' }, x: { $from: 'item' } }]);
		expect(inner?.steps.at(-1)?.input).toEqual({ r: { $from: call?.id }, k: 7 });
		const ids = JSON.stringify(plan).match(/"id":"[^"]+"/g) ?? [];
		expect(new Set(ids).size).toBe(ids.length);
	});

	it('refuses inputs that do not fit, or that a plan would take for its own', () => {
		const definition: WorkflowDefinition = {
			name: 'a',
			version: 1,
			input: { properties: { n: { type: 'integer' }, m: {} }, required: ['n'] },
			steps: [{ let: '${input.n}' }],
		};
		const problems = (input: Json) => {
			const compiled = compileWorkflow(definition, { input, library: () => undefined });
			return compiled.ok ? [] : compiled.problems.map(({ path, message }) => `${path}: ${message}`);
		};
		expect(problems({ n: 1 })).toEqual([]);
		expect(problems({})).toEqual(['n: The parameter `n` is needed.']);
		expect(problems({ n: 'x' })).toEqual([expect.stringContaining('n: `n`')]);
		expect(problems({ n: 1, mm: 2 })).toEqual(['mm: There is no parameter `mm`; did you mean `m`?']);
		expect(problems({ n: 1, m: { $from: 'a' } })).toEqual([expect.stringContaining('`$from`')]);
		expect(problems([])).toEqual([expect.stringContaining('an object')]);
	});

	it('bounds what workflows in workflows come to', () => {
		const twice = (name: string, next: string): WorkflowDefinition => ({
			name,
			version: 1,
			steps: Array.from({ length: 40 }, () => ({ workflow: next })),
		});
		const library: Record<string, WorkflowDefinition> = {
			a: twice('a', 'b'),
			b: twice('b', 'c'),
			c: twice('c', 'd'),
			d: { name: 'd', version: 1, steps: [{ let: 1 }] },
		};
		expect(() => planOf(steps('  - workflow: a'), {}, { library })).toThrow(/more than 1000 steps/);
	});
});
