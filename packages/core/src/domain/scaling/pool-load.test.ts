import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseLeaving } from './choose-leaving.ts';
import { shareWaiting } from './pool-load.ts';

const here = { name: 'here', capabilities: ['read', 'visit'], concurrency: 4, max: 2, running: 3 };
const cloud = { name: 'cloud', concurrency: 4, max: 10, running: 0 };

describe('jobs that wait', () => {
	it('are for the first pool with room at its largest, then for the next', () => {
		const shares = shareWaiting([{ capability: 'read', waiting: 20, oldestWaitMs: 5 }], [here, cloud]);
		expect(shares.get('here')?.get('read')).toBe(5);
		expect(shares.get('cloud')?.get('read')).toBe(15);
	});

	it('are for no pool that cannot do them', () => {
		const shares = shareWaiting([{ capability: 'compare', waiting: 2, oldestWaitMs: 5 }], [here, cloud]);
		expect(shares.get('here')?.get('compare')).toBeUndefined();
		expect(shares.get('cloud')?.get('compare')).toBe(2);
	});

	it('are each counted once where any pool can do them', () => {
		const queues = fc.array(
			fc.record({
				capability: fc.constantFrom('read', 'visit', 'compare'),
				waiting: fc.nat(50),
				oldestWaitMs: fc.nat(),
			}),
			{ maxLength: 3 },
		);
		fc.assert(
			fc.property(queues, (given) => {
				const once = [...new Map(given.map((queue) => [queue.capability, queue])).values()];
				const shares = shareWaiting(once, [here, cloud]);
				const counted = [...shares.values()].flatMap((share) => [...share.values()]);
				const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
				expect(sum(counted)).toBe(sum(once.map(({ waiting }) => waiting)));
			}),
		);
	});
});

describe('who leaves', () => {
	it('runs least, then holds the fewest sessions, then is the newest', () => {
		const members = [
			{ worker: 'busy', running: 1, sessions: 0, startedAt: 9 },
			{ worker: 'keeper', running: 0, sessions: 2, startedAt: 8 },
			{ worker: 'old', running: 0, sessions: 0, startedAt: 1 },
			{ worker: 'new', running: 0, sessions: 0, startedAt: 5 },
		];
		expect(chooseLeaving(members, 4).map(({ worker }) => worker)).toEqual(['new', 'old', 'keeper', 'busy']);
		expect(chooseLeaving(members, 0)).toEqual([]);
	});
});
