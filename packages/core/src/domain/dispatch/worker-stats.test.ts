import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addTallies, decayed, NO_RUNS, type RunFigures, WorkerStats } from './worker-stats.ts';

const run = (worker: string, rest: Partial<RunFigures> = {}): RunFigures => ({
	worker,
	capability: 'web.read',
	ok: true,
	ms: 100,
	microUsd: 7,
	...rest,
});

const stats = () => new WorkerStats({ halfLifeMs: 1_000 });

describe('WorkerStats', () => {
	test('lets a run weigh half as much after each half-life', () => {
		const known = stats();
		known.record(run('a'), 0);
		known.record(run('a', { ok: false, ms: 50, microUsd: 1 }), 1_000);
		expect(known.tally('web.read', 'a', 1_000)).toEqual({ ok: 0.5, failed: 1, ms: 100, squares: 7_500, microUsd: 4.5 });
		expect(known.tally('web.read', 'a', 3_000)).toMatchObject({ ok: 0.125, failed: 0.25 });
		expect(known.tally('web.read', 'b', 0)).toEqual(NO_RUNS);
		expect(known.tally('web.search', 'a', 0)).toEqual(NO_RUNS);
	});

	test('makes nothing heavier when the clock goes back', () => {
		const known = stats();
		known.record(run('a'), 5_000);
		known.record(run('a'), 1_000);
		expect(known.tally('web.read', 'a', 0)).toMatchObject({ ok: 2 });
		expect(known.tally('web.read', 'a', 6_000)).toMatchObject({ ok: 1 });
	});

	test('says what a run takes on average, over all workers and gateways, lately more than before', () => {
		const [here, there] = [stats(), stats()];
		expect(here.meanMs('web.read', 0)).toBeUndefined();
		here.record(run('a', { ms: 100 }), 0);
		there.record(run('b', { ms: 400 }), 1_000);
		here.learn('there', there.publication(1_000));
		expect(here.meanMs('web.read', 1_000)).toBeCloseTo((0.5 * 100 + 400) / 1.5, 0);
		expect(here.meanMs('web.read', 100_000)).toBeUndefined();
	});

	test('adds what others published to what it recorded, once, however often and in whatever order it hears it', () => {
		const [here, there, third] = [stats(), stats(), stats()];
		here.record(run('a'), 0);
		there.record(run('a', { ok: false }), 0);
		third.record(run('b'), 0);
		for (const source of ['there', 'third', 'there']) {
			here.learn(source, JSON.parse(JSON.stringify((source === 'there' ? there : third).publication(0))));
		}
		expect(here.tally('web.read', 'a', 0)).toMatchObject({ ok: 1, failed: 1, ms: 200 });
		expect(here.tally('web.read', 'b', 0)).toMatchObject({ ok: 1 });
		// What it publishes is its own alone: else the same runs would go round for ever.
		expect(here.publication(0)['capabilities']).toEqual({ 'web.read': { a: [1, 0, 100, 10_000, 7] } });
		here.keepSources(new Set(['third']));
		expect(here.tally('web.read', 'a', 0)).toMatchObject({ ok: 1, failed: 0 });
	});

	test('publishes and remembers nothing that no longer weighs anything', () => {
		const known = stats();
		known.record(run('old'), 0);
		known.record(run('new'), 5_000);
		expect(known.publication(5_000)['capabilities']).toEqual({ 'web.read': { new: [1, 0, 100, 10_000, 7] } });
		expect(known.publication(50_000)['capabilities']).toEqual({});
		expect(known.tally('web.read', 'new', 5_000)).toEqual(NO_RUNS);
	});

	test('takes names as they come and drops what cannot be read', () => {
		const known = stats();
		known.record(run('__proto__'), 0);
		const other = stats();
		other.learn('x', JSON.parse(JSON.stringify(known.publication(0))));
		expect(other.tally('web.read', '__proto__', 0)).toMatchObject({ ok: 1 });
		const lines = { a: [1, 2], b: [1, -1, 0, 0, 0], c: 'x', d: [1, 1, 1, 1, 1], e: [1, 1, 1, 1, null] };
		other.learn('x', { at: 0, capabilities: { 'web.read': lines, 'web.search': 3 } });
		expect(['a', 'b', 'c', 'd', 'e'].map((name) => other.tally('web.read', name, 0).ok)).toEqual([0, 0, 0, 1, 0]);
		for (const wrong of [null, 3, [], { at: 'x', capabilities: {} }, { at: 3 }]) other.learn('x', wrong);
		expect(other.tally('web.read', 'd', 0).ok).toBe(1);
	});
});

describe('tallies', () => {
	const amount = fc.double({ min: 0, max: 1_000, noNaN: true });
	const tally = fc.record({ ok: amount, failed: amount, ms: amount, squares: amount, microUsd: amount });

	test('add up in any order, and decay in any number of steps', () => {
		fc.assert(
			fc.property(tally, tally, amount, amount, (one, other, first, second) => {
				expect(addTallies(one, other)).toEqual(addTallies(other, one));
				expect(addTallies(one, NO_RUNS)).toEqual(one);
				const [once, twice] = [decayed(one, first + second, 500), decayed(decayed(one, first, 500), second, 500)];
				for (const key of ['ok', 'failed', 'ms', 'squares', 'microUsd'] as const) {
					expect(twice[key]).toBeCloseTo(once[key], 6);
				}
			}),
		);
	});
});
