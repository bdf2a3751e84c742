import { InProcessLeases } from '@errand/core/adapters/in-process/in-process-leases.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import { PoolRulesSchema } from '@errand/core/domain/scaling/pool-rules.ts';
import type { Lease } from '@errand/core/ports/lease.ts';
import type { IScalingBackend, ScaleOptions } from '@errand/core/ports/scaling-backend.ts';
import type { RegisteredWorker, WorkerOrder } from '@errand/core/ports/worker-registry.ts';
import { FakeClock } from '@errand/core/testing/fake-clock.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { Autoscaler } from './autoscaler.ts';

let clock: FakeClock;
let notes: Map<string, string>;
let depths: { capability: string; waiting: number; running: number; oldestWaitMs: number }[];
let platform: Platform;
let leases: InProcessLeases;
let lines: string[];
let isAway: boolean;

beforeEach(() => {
	clock = new FakeClock();
	notes = new Map();
	depths = [];
	platform = new Platform(false);
	leases = new InProcessLeases('here');
	lines = [];
	isAway = false;
});

/** A platform whose workers come two seconds after they were asked for, and drain when they are told to. */
class Platform implements IScalingBackend {
	readonly drains: boolean;
	readonly calls: { count: number; leaving: readonly string[] }[] = [];
	readonly orders: { worker: string; order: WorkerOrder }[] = [];
	workers: RegisteredWorker[] = [];
	coming = 0;
	/** Drained workers whose instance does not go. */
	hanging = 0;
	failing = false;
	closed = false;
	#next = 0;

	constructor(drains: boolean) {
		this.drains = drains;
	}

	describe(): string {
		return 'a platform';
	}

	async current(): Promise<number> {
		const running = this.workers.filter(({ pool, state }) => {
			return pool === 'readers' && !(this.drains && state === 'SHUTDOWN');
		});
		return running.length + this.coming + this.hanging;
	}

	async scaleTo(_pool: string, count: number, { leaving, signal }: ScaleOptions): Promise<void> {
		if (signal.aborted) throw new TypeError('It was asked without a lease.');
		this.calls.push({ count, leaving: leaving.map(({ worker }) => worker) });
		if (this.failing) throw new CoreError('fetch-failed', 'The platform refused.', { hint: 'Pay the bill.' });
		const more = count - (await this.current());
		this.coming += Math.max(0, more);
		for (let index = 0; index < more; index++) {
			clock.after(2_000, () => {
				if (this.coming === 0) return;
				this.coming--;
				this.join();
			});
		}
		this.hanging = Math.max(0, this.hanging + Math.min(0, more));
		if (this.drains)
			this.workers = this.workers.filter(({ worker }) => !leaving.some((each) => each.worker === worker));
	}

	async close(): Promise<void> {
		this.closed = true;
	}

	list(): readonly RegisteredWorker[] {
		return this.workers;
	}

	async order(worker: string, order: WorkerOrder): Promise<void> {
		this.orders.push({ worker, order });
		this.change(worker, { state: 'SHUTDOWN' });
	}

	join(more: Partial<RegisteredWorker> = {}): void {
		const worker = `w${++this.#next}`;
		this.workers.push({
			...{
				worker,
				host: 'machine',
				pid: this.#next,
				release: '1',
				startedAt: clock.now(),
				paused: false,
				sessions: [],
			},
			...{ slots: 4, pool: 'readers', state: 'WAITING', since: 0, at: 0, load: 0, rss: 0, running: [] },
			capabilities: [{ name: 'web.read', version: 1, placement: 'process', concurrency: 4, running: 0 }],
			...more,
		});
	}

	change(worker: string, change: Partial<RegisteredWorker>): void {
		this.workers = this.workers.map((each) => (each.worker === worker ? { ...each, ...change } : each));
	}

	leave(worker: string): void {
		this.workers = this.workers.filter((each) => each.worker !== worker);
	}
}

function open(more: { leases?: InProcessLeases; rules?: Record<string, unknown> } = {}): Autoscaler {
	const log = (event: string) => void lines.push(event);
	const rules = PoolRulesSchema.parse({
		capabilities: ['web.read'],
		max: 5,
		concurrency: 4,
		calmMs: 10_000,
		...more.rules,
	});
	return new Autoscaler({
		pools: new Map([['readers', rules]]),
		...{ backend: platform, registry: platform, depths: () => depths, leases: more.leases ?? leases },
		note: (name) => ({
			load: async () => {
				if (isAway) throw new CoreError('store-unreachable', 'Away.', { hint: 'Wait.' });
				return notes.get(name);
			},
			save: async (text) => void notes.set(name, text),
		}),
		observer: { decided: () => {}, acted: () => {}, failed: () => {}, ended: () => {} },
		...{ clock, log: { debug: log, info: log, warn: log, error: log } },
	});
}

const waiting = (count: number) => [{ capability: 'web.read', waiting: count, running: 0, oldestWaitMs: 100 }];

describe('the autoscaler', () => {
	it('starts workers for jobs that wait and drains them when it is calm', async () => {
		const scaler = open();
		depths = waiting(6);
		scaler.start();
		await clock.advance(100);
		expect(platform.calls).toEqual([{ count: 2, leaving: [] }]);
		await clock.advance(3_000);
		expect(platform.workers).toHaveLength(2);
		depths = [];
		await clock.advance(30_000);
		expect(platform.orders.map(({ order }) => order)).toEqual(['drain', 'drain']);
		expect(platform.calls).toHaveLength(1);
		for (const { worker } of platform.workers) platform.leave(worker);
		await clock.advance(60_000);
		// Whoever drained goes by itself, and nobody is started in its place.
		expect(platform.calls).toHaveLength(1);
		await scaler.stop();
		expect(platform.closed).toBe(true);
	});

	it('has a platform that drains end the workers it chose, without an order to them', async () => {
		platform = new Platform(true);
		for (let index = 0; index < 2; index++) platform.join();
		platform.change('w1', { sessions: [] });
		const scaler = open();
		scaler.start();
		await clock.advance(12_000);
		expect(platform.calls[0]?.leaving).toHaveLength(1);
		expect(platform.orders).toEqual([]);
		await scaler.stop();
	});

	it('leaves jobs to workers outside the pool that have room for them', async () => {
		platform.join({ pool: undefined });
		depths = waiting(4);
		const scaler = open();
		scaler.start();
		await clock.advance(5_000);
		expect(platform.calls).toEqual([]);
		depths = waiting(5);
		await clock.advance(1_000);
		expect(platform.calls).toEqual([{ count: 1, leaving: [] }]);
		await scaler.stop();
	});

	it('does not count paused workers as help', async () => {
		platform.join({ paused: true });
		depths = waiting(1);
		const scaler = open();
		scaler.start();
		await clock.advance(100);
		expect(platform.calls).toEqual([{ count: 2, leaving: [] }]);
		await scaler.stop();
	});

	it('ends a worker that drained and does not go', async () => {
		platform.join();
		const scaler = open();
		scaler.start();
		await clock.advance(12_000);
		expect(platform.orders).toHaveLength(1);
		platform.leave('w1');
		platform.hanging = 1;
		await clock.advance(5_000);
		expect(platform.calls).toEqual([]);
		await clock.advance(10_000);
		expect(platform.calls).toEqual([{ count: 0, leaving: ['w1'] }]);
		await scaler.stop();
	});

	it('asks a platform that refuses ever less often, says why, and goes on once it agrees', async () => {
		platform.failing = true;
		depths = waiting(4);
		const scaler = open();
		scaler.start();
		await clock.advance(60_000);
		expect(platform.calls.length).toBeGreaterThan(2);
		expect(platform.calls.length).toBeLessThan(12);
		expect(lines).toContain('pool could not be scaled');
		platform.failing = false;
		await clock.advance(65_000);
		expect(platform.workers.length).toBeGreaterThan(0);
		await scaler.stop();
	});

	it('sends nothing once its lease is lost, even when the look was under way', async () => {
		const over = new AbortController();
		const scaler = open({ leases: oneLease(over) });
		let seen = () => {};
		const current = platform.current.bind(platform);
		platform.current = () => new Promise((resolve) => (seen = () => resolve(current())));
		depths = waiting(8);
		scaler.start();
		await clock.advance(100);
		over.abort();
		seen();
		await clock.advance(10_000);
		expect(platform.calls).toEqual([]);
		expect(lines.at(-1)).toBe('scaling ends here');
	});

	it('is done by one process of many, and by another when that one stops', async () => {
		const [first, second] = [open(), open()];
		first.start();
		second.start();
		depths = waiting(1);
		await clock.advance(5_000);
		expect(platform.calls).toEqual([{ count: 1, leaving: [] }]);
		await first.stop();
		depths = [{ capability: 'web.read', waiting: 9, running: 4, oldestWaitMs: 20_000 }];
		platform.change('w1', { running: Array.from({ length: 4 }, () => aRun()) });
		await clock.advance(5_000);
		expect(platform.calls.length).toBeGreaterThan(1);
		await second.stop();
	});
});

describe('an owner', () => {
	it('sets the size of a pool through any process, and gives it back to the load', async () => {
		const [leader, other] = [open(), open()];
		leader.start();
		other.start();
		await other.scaleTo('readers', 3);
		await clock.advance(4_000);
		expect(platform.workers).toHaveLength(3);
		expect(await other.list()).toEqual([
			{ name: 'readers', runs: 'a platform', current: 3, wanted: 3, scaled: 'by-hand', min: 0, max: 5 },
		]);
		await other.scaleTo('readers', 'auto');
		await clock.advance(60_000);
		expect(platform.orders).toHaveLength(3);
		expect(await leader.list()).toMatchObject([{ wanted: 0, scaled: 'auto' }]);
		await leader.stop();
		await other.stop();
	});

	it('has what they asked for last, while the store is out of reach', async () => {
		const scaler = open();
		scaler.start();
		await scaler.scaleTo('readers', 2);
		await clock.advance(1_000);
		isAway = true;
		await clock.advance(20_000);
		expect(platform.workers).toHaveLength(2);
		expect(await scaler.list()).toMatchObject([{ current: 2, wanted: 2, scaled: 'by-hand' }]);
		await scaler.stop();
	});

	it('is told what cannot be', async () => {
		const scaler = open();
		await expect(scaler.scaleTo('writers', 1)).rejects.toMatchObject({
			code: 'not-found',
			hint: 'The pools are: readers.',
		});
		await expect(scaler.scaleTo('readers', 6)).rejects.toMatchObject({ code: 'invalid-input' });
	});
});

function aRun(): RegisteredWorker['running'][number] {
	return {
		...{ jobId: 'j', capability: 'web.read', run: 1, since: 0 },
		...({ taskId: 't', stepId: 's' } as Pick<RegisteredWorker['running'][number], 'taskId' | 'stepId'>),
	};
}

/** Leases of which the only one ends when it is told to. */
function oneLease(over: AbortController): InProcessLeases {
	const lease: Lease = { name: 'autoscaler', epoch: 1, lost: over.signal, release: async () => over.abort() };
	const leases = new InProcessLeases('here');
	leases.campaign = (_name, won) => {
		won(lease);
		return lease.release;
	};
	return leases;
}
