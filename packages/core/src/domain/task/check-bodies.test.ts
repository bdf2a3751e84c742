import { describe, expect, test } from 'vitest';
import { planProblems } from './check-plan.ts';
import { PlanStepsSchema } from './plan-schema.ts';

const step = (id: string, more: object = {}) => ({ id, title: id, capability: 'test.step', ...more });
const group = (id: string, steps: readonly object[], more: object = {}) =>
	step(id, { capability: 'flow.group', body: { steps }, ...more });
const until = { path: 'b.ok', op: 'exists' };
const loop = (id: string, steps: readonly object[], repeat: object = { until, max: 3 }) =>
	step(id, { capability: 'flow.loop', body: { steps }, repeat });
const refers = ($from: string) => ({ input: { $from } });
const nested = (depth: number): object => (depth === 0 ? step('leaf') : group(`g${depth}`, [nested(depth - 1)]));

const problemsOf = (...steps: readonly object[]) =>
	planProblems(PlanStepsSchema.parse(steps)).map(({ message }) => message);

describe('steps inside steps', () => {
	test('may refer to each other, to what stands around them, to elements and to the round before', () => {
		const each = { forEach: { $from: 'a.list', as: 'one' } };
		const inner = [step('b', refers('one.x')), step('c', refers('b')), group('h', [step('d', refers('a'))])];
		expect(problemsOf(step('a'), group('g', inner, each), step('e', refers('g')))).toEqual([]);
		expect(problemsOf(loop('l', [step('b', refers('previous.n'))]))).toEqual([]);
		expect(problemsOf(step('a', { undo: { capability: 'test.step', ...refers('self.id') } }))).toEqual([]);
	});

	test.each([
		['a step that hides in another', [group('g', [step('b')]), step('c', refers('b'))], 'there is no step "b"'],
		['the group that they are in', [group('g', [step('b', refers('g'))])], 'there is no step "g"'],
		['an element of no list', [group('g', [step('b', refers('one.x'))])], 'there is no step "one"'],
		['a round before outside of a loop', [group('g', [step('b', refers('previous'))])], 'only inside a loop'],
		['an own output outside of an undo', [step('a', refers('self'))], 'there is no step "self"'],
	])('may not refer to %s', (_what, steps, problem) => {
		expect(problemsOf(...steps).join(' ')).toContain(problem);
	});

	test.each([
		['an id that stands twice in the tree', [step('b'), group('g', [step('b')])], 'Two steps have the id "b"'],
		['a circle inside', [group('g', [step('b', refers('c')), step('c', refers('b'))])], 'in a circle: b → c → b'],
		['a circle through what is inside', [step('a', refers('g')), group('g', [step('b', refers('a'))])], 'a → g → a'],
		['a loop without an end', [step('l', { capability: 'flow.loop', body: { steps: [step('b')] } })], 'needs `repeat`'],
		['a condition on what is not there', [loop('l', [step('c')])], 'repeat.until refers to "b.ok"'],
		['a body of nothing', [step('g', { capability: 'flow.group' })], 'needs a body'],
		['a body of a call', [step('a', { body: { steps: [step('b')] } })], 'takes no body'],
		[
			'an output of a step that is not inside',
			[group('g', [step('b')], { body: { steps: [step('b')], gives: 'x' } })],
			'gives names "x"',
		],
		['steps nine deep', [nested(8)], 'more than 8 deep'],
		[
			'a name of elements that is a step',
			[step('a'), group('g', [step('b')], { forEach: { $from: 'a', as: 'a' } })],
			'"a" names the element',
		],
	])('may not be %s', (_what, steps, problem) => {
		expect(problemsOf(...steps).join(' ')).toContain(problem);
	});

	test('count towards the limit of a plan', () => {
		const many = Array.from({ length: 1_000 }, (_, n) => step(`s${n}`));
		expect(problemsOf(group('g', many))).toEqual(['The plan has 1001 steps; at most 1000 are allowed.']);
	});
});
