import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideSize, type PoolState, type SizeDecision } from './decide-size.ts';
import type { PoolLoad } from './pool-load.ts';
import { type PoolRules, PoolRulesSchema } from './pool-rules.ts';

const RULES = PoolRulesSchema.parse({ max: 10, concurrency: 4 });

/** Many looks, a second apart; what is ordered comes so many looks later. */
class Pool {
	live = 0;
	readonly #coming: number[] = [];
	readonly #comesAfter: number;
	readonly rules: PoolRules;
	#state: PoolState | undefined;
	#joined = 0;
	now = 1_000_000;

	constructor(rules: Partial<PoolRules> = {}, { comesAfter = 3, live = 0 } = {}) {
		this.rules = { ...RULES, ...rules };
		this.#comesAfter = comesAfter;
		this.live = live;
	}

	get starting(): number {
		return this.#coming.length;
	}

	look(
		work: { waiting?: number; running?: number; oldestWaitMs?: number; serviceMs?: number },
		fixed?: number,
	): SizeDecision {
		const { waiting = 0, running = 0, oldestWaitMs = 0, serviceMs } = work;
		const demand = { name: 'work', waiting, running, oldestWaitMs, perWorker: this.rules.concurrency, serviceMs };
		const load: PoolLoad = { capabilities: [demand], live: this.live, starting: this.starting, joined: this.#joined };
		const decision = decideSize({ load, rules: this.rules, now: this.now, fixed }, this.#state);
		this.#state = decision.state;
		this.#joined = 0;
		for (let more = decision.desired - decision.have; more > 0; more--) this.#coming.push(this.#comesAfter);
		this.live -= Math.max(0, Math.min(this.live, decision.have - decision.desired));
		this.now += 1_000;
		for (const [index, left] of this.#coming.entries()) this.#coming[index] = left - 1;
		while (this.#coming[0] === 0) {
			this.#coming.shift();
			this.live++;
			this.#joined++;
		}
		return decision;
	}

	/** All that is ordered is lost before it comes. */
	loseStarting(): void {
		this.#coming.length = 0;
	}

	lookFor(seconds: number, work: Parameters<Pool['look']>[0]): SizeDecision | undefined {
		let last: SizeDecision | undefined;
		for (let second = 0; second < seconds; second++) last = this.look(work);
		return last;
	}
}

describe('the size of a pool', () => {
	it('goes from zero at once when a job waits', () => {
		expect(new Pool().look({ waiting: 1 })).toMatchObject({ desired: 1, reason: 'jobs-wait' });
	});

	it('stays at zero while nothing waits', () => {
		expect(new Pool().lookFor(100, {})).toMatchObject({ desired: 0, reason: 'enough' });
	});

	it('does not count what runs as waiting', () => {
		const pool = new Pool({}, { live: 2 });
		expect(pool.lookFor(30, { running: 8, serviceMs: 60_000 })).toMatchObject({ desired: 2, reason: 'enough' });
	});

	it('does not grow for jobs that start soon enough anyway', () => {
		const pool = new Pool({}, { live: 1 });
		expect(pool.lookFor(10, { running: 4, waiting: 20, serviceMs: 50, oldestWaitMs: 200 })).toMatchObject({
			desired: 1,
		});
	});

	it('grows when jobs would wait for longer than they should', () => {
		const pool = new Pool({}, { live: 1 });
		const decision = pool.look({ running: 4, waiting: 12, serviceMs: 10_000, oldestWaitMs: 100 });
		expect(decision.reason).toBe('jobs-wait');
		expect(decision.desired).toBeGreaterThan(1);
	});

	it('grows in steps, with a pause between them', () => {
		const pool = new Pool({ growBy: 1, growEveryMs: 5_000 }, { live: 1, comesAfter: 60 });
		const herd = { running: 4, waiting: 400, serviceMs: 10_000, oldestWaitMs: 100 };
		const desired = Array.from({ length: 12 }, () => pool.look(herd).desired);
		expect(desired).toEqual([2, 2, 2, 2, 2, 4, 4, 4, 4, 4, 8, 8]);
		expect(pool.lookFor(20, herd)).toMatchObject({ desired: 10, reason: 'at-max' });
	});

	it('shrinks only after it was calm, by half at most, down to nothing', () => {
		const pool = new Pool({ calmMs: 20_000, shrinkEveryMs: 5_000 }, { live: 8 });
		pool.look({ running: 32 });
		expect(pool.lookFor(19, {})).toMatchObject({ desired: 8, reason: 'not-calm-yet' });
		pool.lookFor(2, {});
		expect(pool.live).toBe(4);
		expect(pool.look({})).toMatchObject({ desired: 4, reason: 'just-shrank' });
		pool.lookFor(20, {});
		expect(pool.live).toBe(0);
	});

	it('keeps its least number of workers', () => {
		const pool = new Pool({ min: 2, calmMs: 5_000 });
		expect(pool.look({})).toMatchObject({ desired: 2, reason: 'below-min' });
		expect(pool.lookFor(60, {})).toMatchObject({ desired: 2 });
	});

	it('is what an owner says, until it is given back to the load', () => {
		const pool = new Pool({ calmMs: 5_000 }, { live: 1 });
		expect(pool.look({}, 7)).toMatchObject({ desired: 7, reason: 'by-hand' });
		expect(pool.look({ running: 28, waiting: 100 }, 0)).toMatchObject({ desired: 0, reason: 'by-hand' });
	});

	it('does not order for ever what never comes', () => {
		const pool = new Pool();
		let orders = 0;
		for (let second = 0; second < 120; second++) {
			const { desired, have } = pool.look({ waiting: 40, serviceMs: 10_000 });
			if (desired > have) orders++;
			pool.loseStarting();
		}
		expect(orders).toBeGreaterThan(2);
		expect(orders).toBeLessThan(10);
	});

	it('takes up where another process left off without ordering twice', () => {
		const load: PoolLoad = {
			capabilities: [{ name: 'work', waiting: 8, running: 0, oldestWaitMs: 500, perWorker: 4, serviceMs: 10_000 }],
			...{ live: 0, starting: 2, joined: 0 },
		};
		expect(decideSize({ load, rules: RULES, now: 5 }, undefined)).toMatchObject({ desired: 2, have: 2 });
	});

	it('replaces a worker that died with jobs that wait for it', () => {
		const pool = new Pool({}, { live: 2 });
		pool.lookFor(5, { running: 8, serviceMs: 20_000 });
		pool.live = 1;
		expect(pool.look({ running: 4, waiting: 4, serviceMs: 20_000, oldestWaitMs: 10 })).toMatchObject({ desired: 2 });
	});
});

describe('whatever the load', () => {
	const work = fc.record({
		waiting: fc.nat(200),
		running: fc.nat(40),
		oldestWaitMs: fc.nat(100_000),
		serviceMs: fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: undefined }),
	});
	const rules = fc.record({
		min: fc.nat(3),
		max: fc.integer({ min: 3, max: 30 }),
		concurrency: fc.integer({ min: 1, max: 10 }),
		targetWaitMs: fc.integer({ min: 100, max: 60_000 }),
	});
	const looks = fc.array(work, { minLength: 1, maxLength: 120 });
	const known = ({ serviceMs, ...rest }: typeof work extends fc.Arbitrary<infer W> ? W : never) => {
		return serviceMs === undefined ? rest : { ...rest, serviceMs };
	};

	it('a pool never has more workers than its max, nor orders more than the jobs there could fill', () => {
		fc.assert(
			fc.property(rules, looks, fc.integer({ min: 1, max: 20 }), (given, loads, comesAfter) => {
				const pool = new Pool(given, { comesAfter });
				for (const load of loads) {
					const running = Math.min(load.running, pool.live * pool.rules.concurrency);
					const { desired, have } = pool.look({ ...known(load), running });
					expect(desired).toBeLessThanOrEqual(given.max);
					if (desired > have) {
						const fills = Math.ceil((load.waiting + running) / pool.rules.concurrency);
						expect(desired).toBeLessThanOrEqual(Math.max(given.min, fills));
					}
				}
			}),
			{ numRuns: 150 },
		);
	});

	it('a pool that is needed never stays empty, and one that is not becomes empty', () => {
		fc.assert(
			fc.property(rules, looks, (given, loads) => {
				const pool = new Pool({ ...given, min: 0, calmMs: 10_000 });
				for (const load of loads) {
					const idle = pool.live + pool.starting === 0;
					const decision = pool.look({ ...known(load), running: 0 });
					if (idle && load.waiting > 0) expect(decision.desired).toBeGreaterThan(0);
				}
				pool.lookFor(200, {});
				expect(pool.live + pool.starting).toBe(0);
			}),
			{ numRuns: 60 },
		);
	});

	it('a pool shrinks only after the whole calm time called for fewer', () => {
		fc.assert(
			fc.property(rules, looks, (given, loads) => {
				const pool = new Pool({ ...given, calmMs: 15_000 });
				const needs: number[] = [];
				for (const load of loads) {
					const { desired, have, needed, reason } = pool.look({ ...known(load), running: 0 });
					needs.push(needed);
					if (desired >= have || reason === 'above-max') continue;
					expect(needs.length).toBeGreaterThan(15);
					for (const recent of needs.slice(-15)) expect(recent).toBeLessThan(have);
				}
			}),
			{ numRuns: 100 },
		);
	});
});
