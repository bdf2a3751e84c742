import { afterEach, expect, test, vi } from 'vitest';
import { aJob } from '../../testing/a-job.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import type { BullQueues } from './bull-queues.ts';
import type { HeldRun } from './held-run.ts';
import { LockKeeper } from './lock-keeper.ts';

afterEach(() => {
	vi.restoreAllMocks();
});

const aRun = (id: string, ending: boolean): HeldRun => ({
	...{ id, token: `token-${id}`, starts: 1, run: 1, home: 'gateway', lockMs: 500, off: false, renewedAt: 0, ending },
	job: aJob(id),
	stopped: new AbortController(),
	lane: { queue: { name: 'q', keys: { active: 'active', stalled: 'stalled' }, jobKey: (id: string) => id } } as never,
});

test('gives up, in an outage, what runs, and not what is over and being told', async () => {
	const clock = new FakeClock(0);
	vi.spyOn(performance, 'now').mockImplementation(() => clock.now());
	let isAway = true;
	let renewed: string[] = [];
	const redis = {
		evalsha: async (_hash: string, _count: number, ...given: (string | number)[]) => {
			if (isAway) throw new Error('Redis is away.');
			renewed = given.map(String).filter((one) => one.startsWith('token-'));
			return [];
		},
	};
	const lost: string[] = [];
	const keeper = new LockKeeper({
		queues: { redis } as unknown as BullQueues,
		clock,
		log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
		lost: ({ id }) => lost.push(id),
	});
	keeper.keep(aRun('running', false));
	keeper.keep(aRun('ending', true));
	await clock.advance(5_000);
	expect(lost).toEqual(['running']);
	isAway = false;
	await clock.advance(500);
	expect(renewed).toEqual(['token-ending']);
	keeper.stop();
});
