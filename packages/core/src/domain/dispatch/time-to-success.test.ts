import { describe, expect, test } from 'vitest';
import { seeded } from './fixture/seeded.ts';
import { betaSample, normalSample } from './samples.ts';
import { beliefsOf, differ, meanTime, sampledTime, timeToSuccess } from './time-to-success.ts';
import { addTallies, NO_RUNS, type Tally } from './worker-stats.ts';

const exchange = { microUsdPerSecond: 500, retryWaitMs: 1_000 };

function tally(runs: number, rate: number, ms: number, random = () => 0.5): Tally {
	let sum = NO_RUNS;
	for (let run = 0; run < runs; run++) {
		const time = ms * (0.5 + random());
		const ok = run < rate * runs;
		sum = addTallies(sum, { ok: ok ? 1 : 0, failed: ok ? 0 : 1, ms: time, squares: time * time, microUsd: 0 });
	}
	return sum;
}

describe('timeToSuccess', () => {
	test('is what trying again until it works takes on average', () => {
		const random = seeded(1);
		let total = 0;
		for (let job = 0; job < 20_000; job++) {
			total += 200;
			while (random() >= 0.4) total += exchange.retryWaitMs + 200;
		}
		expect(total / 20_000 / timeToSuccess(0.4, 200, 0, exchange)).toBeCloseTo(1, 1);
	});

	test('counts money as time', () => {
		expect(timeToSuccess(1, 200, 300, exchange)).toBe(500);
		const [belief] = beliefsOf([{ ok: 1_000, failed: 0, ms: 1_000, squares: 1_000, microUsd: 500_000 }], exchange);
		expect(belief?.costMs).toBeCloseTo(1_000, 0);
	});
});

describe('beliefs', () => {
	test('fill up what little was seen with what is usual among the others', () => {
		const [known, unknown] = beliefsOf([tally(100, 0.8, 400), NO_RUNS], exchange);
		expect(known?.ms).toBeCloseTo(400, 0);
		expect(unknown).toMatchObject({ runs: 2 });
		expect(unknown?.ms).toBeCloseTo(400, 0);
		const rate = (unknown?.successes ?? 0) / 2;
		expect(rate).toBeGreaterThan(0.75);
		expect(beliefsOf([NO_RUNS], exchange)[0]).toMatchObject({ ms: 1_000, costMs: 0 });
	});

	test('hear each worker, not only the one that ran most', () => {
		const [, , unknown] = beliefsOf([tally(5_000, 0, 1), tally(20, 1, 100), NO_RUNS], exchange);
		expect((unknown?.successes ?? 0) / 2).toBeGreaterThan(0.4);
	});

	test('are sampled around their mean, the wider the less is known', () => {
		const random = seeded(2);
		const spread = (runs: number) => {
			const [belief] = beliefsOf([tally(runs, 0.9, 100, seeded(3))], exchange);
			if (belief === undefined) throw new Error('no belief');
			const samples = Array.from({ length: 2_000 }, () => sampledTime(belief, exchange, 1, random));
			samples.sort((one, other) => one - other);
			expect(samples[1_000]).toBeGreaterThan(0.7 * meanTime(belief, exchange));
			expect(samples[1_000]).toBeLessThan(1.3 * meanTime(belief, exchange));
			return (samples[1_900] ?? 0) - (samples[100] ?? 0);
		};
		expect(spread(10)).toBeGreaterThan(2 * spread(200));
	});
});

describe('differ', () => {
	const beliefs = (tallies: Tally[]) => beliefsOf(tallies, exchange);

	test('is rarely wrong about workers that are alike, few or many', () => {
		for (const count of [2, 10, 100]) {
			let wrong = 0;
			for (let trial = 0; trial < 100; trial++) {
				const random = seeded(trial * 1_000 + count);
				const alike = Array.from({ length: count }, () => {
					let sum = NO_RUNS;
					for (let run = 0; run < 20; run++) {
						const time = 100 * (0.5 + random());
						const ok = random() < 0.9;
						sum = addTallies(sum, { ok: ok ? 1 : 0, failed: ok ? 0 : 1, ms: time, squares: time * time, microUsd: 0 });
					}
					return sum;
				});
				if (differ(beliefs(alike), exchange)) wrong++;
			}
			expect(wrong).toBeLessThan(10);
		}
	});

	test('notices one bad worker among many good ones', () => {
		const random = seeded(9);
		const many = Array.from({ length: 99 }, () => tally(40, 0.95, 100, random));
		expect(differ(beliefs(many), exchange)).toBe(false);
		expect(differ(beliefs([...many, tally(40, 0.1, 100, random)]), exchange)).toBe(true);
	});

	test('does not give up the shared queue for a few slow ones among hundreds, but for a quarter', () => {
		const random = seeded(10);
		const some = (slow: number) =>
			Array.from({ length: 300 }, (_, index) => tally(60, 1, index < slow ? 500 : 100, random));
		expect(differ(beliefs(some(3)), exchange)).toBe(false);
		expect(differ(beliefs(some(75)), exchange)).toBe(true);
	});
});

describe('samples', () => {
	const moments = (draw: () => number) => {
		const drawn = Array.from({ length: 20_000 }, draw);
		const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
		return { mean, variance: drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length };
	};

	test.each([
		[0.3, 0.7],
		[2, 3],
		[50, 1.5],
	])('of Beta(%d, %d) have its mean and variance', (a, b) => {
		const random = seeded(4);
		const { mean, variance } = moments(() => betaSample(a, b, random));
		expect(mean).toBeCloseTo(a / (a + b), 1);
		expect(variance / ((a * b) / ((a + b) ** 2 * (a + b + 1)))).toBeCloseTo(1, 0);
	});

	test('of the normal distribution have the mean 0 and the variance 1', () => {
		const random = seeded(5);
		const { mean, variance } = moments(() => normalSample(random));
		expect(mean).toBeCloseTo(0, 1);
		expect(variance).toBeCloseTo(1, 1);
	});

	test('end even if chance is broken', () => {
		for (const stuck of [0, 0.5, 0.999_999]) expect(betaSample(0.5, 3, () => stuck)).toBeGreaterThanOrEqual(0);
	});
});
