import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asStepId } from '../ids.ts';
import type { Json } from '../json.ts';
import { planProblems } from './check-plan.ts';
import type { PlanStep } from './plan.ts';
import { dependenciesOf } from './step-references.ts';

function step(id: string, rest: Partial<Omit<PlanStep, 'dependsOn'>> & { dependsOn?: string[] } = {}): PlanStep {
	const { dependsOn = [], ...others } = rest;
	return {
		id: asStepId(id),
		title: id,
		capability: 'x.y',
		input: {},
		essential: true,
		...others,
		dependsOn: dependsOn.map(asStepId),
	};
}

const messages = (...steps: PlanStep[]) => planProblems(steps).map((problem) => problem.message);

describe('planProblems', () => {
	test('finds nothing wrong with a sound plan', () => {
		const steps = [
			step('b', { input: { documents: [{ $from: 'a' }] }, when: { all: [{ path: 'a.title', op: 'exists' }] } }),
			step('a'),
			step('c', { forEach: { $from: 'b.rows' }, input: { row: { $from: 'item.name' } } }),
		];
		expect(planProblems(steps)).toEqual([]);
	});

	test('refuses a plan without steps or with too many', () => {
		expect(messages()).toEqual(['The plan has no steps.']);
		const many = Array.from({ length: 1_001 }, (_, index) => step(`s${index}`));
		expect(messages(...many)).toEqual(['The plan has 1001 steps; at most 1000 are allowed.']);
	});

	test('refuses an id given twice and the reserved id', () => {
		expect(messages(step('a'), step('a'))).toEqual(['Two steps have the id "a"; ids must be unique.']);
		expect(messages(step('item'))).toEqual(['"item" names the element of a forEach; use another id.']);
	});

	test('names every dependency and reference that does not exist, and where it stands', () => {
		const broken = step('a', {
			dependsOn: ['gone'],
			input: { x: { $from: 'lost.title' } },
			when: { any: [{ path: 'nowhere.x', op: 'exists' }] },
			forEach: { $from: 'missing.rows' },
		});
		expect(planProblems([broken])).toEqual([
			{ stepId: 'a', message: 'dependsOn names the step "gone", which does not exist.' },
			{ stepId: 'a', message: 'The input refers to "lost.title", but there is no step "lost".' },
			{ stepId: 'a', message: 'when refers to "nowhere.x", but there is no step "nowhere".' },
			{ stepId: 'a', message: 'forEach refers to "missing.rows", but there is no step "missing".' },
		]);
	});

	test('knows an item only inside the input of a forEach step', () => {
		expect(messages(step('a', { input: { $from: 'item' } }))).toEqual([
			'The input refers to "item"; an item exists only in a step with forEach.',
		]);
		const tested = step('b', { forEach: { $from: 'a' }, when: { path: 'item.x', op: 'exists' } });
		expect(messages(step('a'), tested)).toEqual([
			'when refers to "item.x"; when is looked at once, before there are items.',
		]);
	});

	test('finds a cycle through dependsOn, references, when and forEach, and shows it', () => {
		expect(
			messages(step('a', { input: { $from: 'b' } }), step('b', { dependsOn: ['c'] }), step('c', { dependsOn: ['a'] })),
		).toEqual(['Steps wait for each other in a circle: a → b → c → a.']);
		expect(messages(step('a', { forEach: { $from: 'a' } }))).toEqual(['Steps wait for each other in a circle: a → a.']);
		expect(messages(step('a', { when: { path: 'b', op: 'exists' } }), step('b', { dependsOn: ['a'] }))).toHaveLength(1);
	});

	test('shows the cycle only, not the steps that lead into it', () => {
		expect(
			messages(step('in', { dependsOn: ['a'] }), step('a', { dependsOn: ['b'] }), step('b', { dependsOn: ['a'] })),
		).toEqual(['Steps wait for each other in a circle: a → b → a.']);
	});

	test('refuses an input that is too big, counted in UTF-8 bytes', () => {
		expect(messages(step('a', { input: 'ä'.repeat(32_767) }))).toEqual([]);
		expect(messages(step('a', { input: 'ä'.repeat(32_768) }))).toEqual([
			'The input has 65538 bytes; at most 65536 are allowed.',
		]);
		fc.assert(
			fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
				const long = text.repeat(Math.ceil(70_000 / text.length));
				const bytes = new TextEncoder().encode(JSON.stringify(long)).length;
				expect(messages(step('a', { input: long }))[0]).toContain(`has ${bytes} bytes`);
			}),
			{ numRuns: 5 },
		);
	});

	test('refuses an input nested too deep, even far deeper than the call stack', () => {
		let deep: Json = 1;
		for (let depth = 0; depth < 100_000; depth++) deep = { a: deep };
		expect(messages(step('a', { input: deep }))).toEqual(['The input is nested deeper than 64 levels.']);
	});

	test('refuses what looks like a reference and is none', () => {
		const malformed = ['A reference is {"$from": "stepId.path"} and nothing else but "$spread".'];
		expect(messages(step('a', { input: { $from: 7 } }))).toEqual(malformed);
		expect(messages(step('a', { input: { x: { $from: 'b', path: 'y' } } }))).toEqual(malformed);
		expect(messages(step('b'), step('a', { input: { x: { $from: 'b..y' } } }))).toEqual([
			'The input refers to "b..y", which has an empty part.',
		]);
		expect(messages(step('b'), step('a', { input: { x: { $from: 'b', $spread: true } } }))).toEqual([
			'"$spread" of "b" only means something in a list.',
		]);
		expect(messages(step('b'), step('a', { input: { $from: `b.${'x'.repeat(600)}` } }))).toEqual([
			'The input has a reference of 602 characters; at most 500 are allowed.',
		]);
	});

	test('accepts exactly the random graphs whose steps can be put in order', () => {
		const edges = fc.uniqueArray(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 14, selector: String });
		fc.assert(
			fc.property(edges, (pairs) => {
				const steps = Array.from({ length: 10 }, (_, index) =>
					step(`s${index}`, { dependsOn: pairs.filter(([from]) => from === index).map(([, to]) => `s${to}`) }),
				);
				expect(planProblems(steps).length === 0).toBe(canBeOrdered(steps));
			}),
		);
	});
});

describe('dependenciesOf', () => {
	test('joins what is named with what is referred to, without the item and without repeats', () => {
		const all = step('x', {
			dependsOn: ['a'],
			input: { one: { $from: 'a.title' }, two: [{ $from: 'b' }, { $from: 'item.z' }] },
			when: { all: [{ path: 'c.n', op: 'exists' }, { any: [{ path: 'd', op: 'exists' }] }] },
			forEach: { $from: 'e.rows' },
		});
		expect(dependenciesOf(all)).toEqual(['a', 'e', 'b', 'c', 'd']);
	});
});

function canBeOrdered(steps: readonly PlanStep[]): boolean {
	const placed = new Set<string>();
	for (let round = 0; round < steps.length; round++) {
		for (const { id, dependsOn } of steps) if (dependsOn.every((other) => placed.has(other))) placed.add(id);
	}
	return placed.size === steps.length;
}
