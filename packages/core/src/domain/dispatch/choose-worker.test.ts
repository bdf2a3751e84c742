import { describe, expect, test } from 'vitest';
import type { AbleWorker } from './able-worker.ts';
import { WorkerChoice } from './choose-worker.ts';
import { seeded } from './fixture/seeded.ts';
import { WorkerStats } from './worker-stats.ts';

const capability = 'web.read';

function worker(name: string, rest: Partial<AbleWorker> & { running?: number; version?: number } = {}): AbleWorker {
	const { running = 0, version = 1, ...fields } = rest;
	const load = { name: capability, version, placement: 'process', concurrency: 4, running } as const;
	const whole = { worker: name, state: 'WAITING', paused: false, at: 1, slots: 4, load: running / 4 } as const;
	return { ...whole, capabilities: [load], ...fields };
}

/** Each worker has run `runs` times, of which it managed a share, in about so many ms. */
function experienced(past: Record<string, { rate?: number; ms?: number; runs?: number; microUsd?: number }>) {
	const stats = new WorkerStats({ halfLifeMs: 600_000 });
	const random = seeded(5);
	for (const [name, { rate = 1, ms = 100, runs = 40, microUsd = 0 }] of Object.entries(past)) {
		for (let run = 0; run < runs; run++) {
			const ok = run < Math.round(rate * runs);
			stats.record({ worker: name, capability, ok, ms: ms * (0.5 + random()), microUsd }, 0);
		}
	}
	let now = 0;
	const choice = new WorkerChoice({ stats, now: () => now, versions: new Map([[capability, 1]]) });
	return { choice, stats, later: (ms: number) => (now += ms) };
}

function shares(choice: WorkerChoice, able: readonly AbleWorker[], rounds = 400): Record<string, number> {
	const random = seeded(11);
	const counts: Record<string, number> = {};
	for (let round = 0; round < rounds; round++) {
		const chosen = choice.choose({ capability, able, random }) ?? 'shared';
		counts[chosen] = (counts[chosen] ?? 0) + 1;
		if (chosen === 'shared') continue;
		choice.started({ worker: chosen, capability });
		choice.released({ worker: chosen, capability });
	}
	return counts;
}

describe('WorkerChoice', () => {
	test('leaves a job to the shared queue while nothing is known, or too little', () => {
		const able = [worker('a'), worker('b')];
		expect(shares(experienced({}).choice, able)).toEqual({ shared: 400 });
		expect(shares(experienced({ a: { runs: 3 }, b: { runs: 3, rate: 0 } }).choice, able)).toEqual({ shared: 400 });
	});

	test('leaves a job to the shared queue while workers are alike, be they three or three hundred', () => {
		expect(
			shares(
				experienced({ a: {}, b: { ms: 105 }, c: {} }).choice,
				['a', 'b', 'c'].map((n) => worker(n)),
			),
		).toEqual({
			shared: 400,
		});
		const names = Array.from({ length: 300 }, (_, index) => `w${index}`);
		const past = Object.fromEntries(names.map((name) => [name, { rate: 0.9, runs: 20 }]));
		expect(
			shares(
				experienced(past).choice,
				names.map((name) => worker(name)),
				20,
			),
		).toEqual({ shared: 20 });
	});

	test('names the worker that fails less, is quicker, or costs less', () => {
		const able = [worker('a'), worker('b')];
		for (const worse of [{ rate: 0.5 }, { ms: 300 }, { microUsd: 400 }]) {
			const counts = shares(experienced({ a: worse, b: {} }).choice, able);
			expect(counts['b']).toBeGreaterThan(360);
		}
	});

	test('is not deceived by a worker that fails at once, a thousand times', () => {
		const { choice } = experienced({ hole: { rate: 0, ms: 1, runs: 1_000 }, b: {}, c: {} });
		const counts = shares(choice, [worker('hole'), worker('b'), worker('c')]);
		expect(counts['hole'] ?? 0).toBeLessThan(4);
		expect((counts['b'] ?? 0) + (counts['c'] ?? 0)).toBeGreaterThan(390);
	});

	test('tries a worker again once what it did is long ago, and so finds out that it is mended', () => {
		const { choice, stats, later } = experienced({ a: { rate: 0.3, runs: 100 }, b: { runs: 100 } });
		const able = [worker('a'), worker('b')];
		expect(shares(choice, able)['b']).toBeGreaterThan(390);
		later(6 * 600_000);
		for (let run = 0; run < 30; run++)
			stats.record({ worker: 'a', capability, ok: true, ms: 100, microUsd: 0 }, 3_600_000);
		for (let run = 0; run < 30; run++)
			stats.record({ worker: 'b', capability, ok: true, ms: 100, microUsd: 0 }, 3_600_000);
		expect(shares(choice, able)).toEqual({ shared: 400 });
	});

	test('names nobody whose places are taken, however good', () => {
		const { choice } = experienced({ a: {}, b: { ms: 200 } });
		expect(shares(choice, [worker('a', { running: 4 }), worker('b')])).toEqual({ b: 400 });
		expect(shares(choice, [worker('a', { running: 4 }), worker('b', { running: 4 })])).toEqual({ shared: 400 });
	});

	test('rather leaves a job to the shared queue than names one that does far worse', () => {
		const { choice } = experienced({ a: {}, b: { ms: 2_000 } });
		expect(shares(choice, [worker('a', { running: 4 }), worker('b')])).toEqual({ shared: 400 });
	});

	test('counts what it sent since the last heartbeat, and forgets what was lost there', () => {
		const { choice } = experienced({ a: {}, b: { ms: 2_000 } });
		const able = (at: number) => [worker('a', { at }), worker('b', { at })];
		const random = seeded(3);
		const ask = (at: number) => choice.choose({ capability, able: able(at), random });
		expect([1, 1, 1, 1, 1].map(ask)).toEqual(['a', 'a', 'a', 'a', undefined]);
		choice.started({ worker: 'a', capability });
		choice.ended({ worker: 'a', capability, ok: true, ms: 100, microUsd: 0 });
		expect([1, 1].map(ask)).toEqual(['a', undefined]);
		for (let beat = 2; beat < 25; beat++) ask(beat);
		expect(ask(30)).toBe('a');
	});

	test('passes over who is paused, draining, backing off, not yet consuming or too old for the job', () => {
		const { choice } = experienced({ a: {}, b: { ms: 150 }, c: { ms: 250 } });
		const rest = [worker('b'), worker('c')];
		for (const unfit of [
			{ paused: true },
			{ state: 'SHUTDOWN' },
			{ state: 'ERROR' },
			{ state: 'IDLE' },
			{ version: 0 },
			{ capabilities: [] },
		] as const) {
			const counts = shares(choice, [worker('a', unfit), ...rest], 50);
			expect(counts['a']).toBeUndefined();
			expect(counts['b']).toBeGreaterThan(0);
		}
	});

	test('spreads jobs over workers that are equally good, beside one that is not', () => {
		const { choice } = experienced({ bad: { rate: 0.3 }, a: {}, b: {}, c: {} });
		const counts = shares(
			choice,
			['bad', 'a', 'b', 'c'].map((name) => worker(name)),
		);
		expect(counts['bad'] ?? 0).toBeLessThan(10);
		for (const name of ['a', 'b', 'c']) expect(counts[name]).toBeGreaterThan(30);
	});
});
