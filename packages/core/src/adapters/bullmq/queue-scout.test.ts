import { expect, test } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import type { FetchLane } from './fetch-lanes.ts';
import { QueueScout } from './queue-scout.ts';

function laneOf(capability: string): FetchLane {
	const queue = { keys: { wait: capability } } as FetchLane['queue'];
	return { capability, queue, mayHave: false, leftAlone: false, fetching: 0, streak: 0 };
}

test('finds what waits in a queue that nobody watches, only while slots are scarce, and not again at once', async () => {
	const [waited, empty, plenty] = [laneOf('waited'), laneOf('empty'), laneOf('plenty')];
	const clock = new FakeClock();
	const asked: string[] = [];
	const scout = new QueueScout({
		lanes: { all: [waited, empty, plenty] },
		consumer: { freeSlots: (capability) => (capability === 'plenty' ? 2 : 1) },
		redis: {
			llen: async (key: unknown) => {
				asked.push(String(key));
				return key === 'waited' ? 1 : 0;
			},
		},
		clock,
	});
	scout.look();
	scout.look();
	await expect.poll(() => waited.mayHave).toBe(true);
	expect(asked).toEqual(['waited', 'empty']);
	await clock.advance(100);
	scout.look();
	expect(asked).toEqual(['waited', 'empty', 'empty']);
	expect([empty.mayHave, plenty.mayHave]).toEqual([false, false]);
});
