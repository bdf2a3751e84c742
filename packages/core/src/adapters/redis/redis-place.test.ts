import { describe, expect, it, vi } from 'vitest';
import { nodesOf, RedisPlace } from './redis-place.ts';

const moved = (to: string) => new Error(`MOVED 866 ${to}`);

describe('RedisPlace', () => {
	it('is where the address says until a node says that another one has it, and tells of that once', () => {
		const place = new RedisPlace('rediss://user:secret@one');
		const from = place.current;
		expect(from).toEqual({ host: 'one', port: 6379 });
		const told = vi.fn();
		place.onMoved(told);
		expect(place.heard(new Error('READONLY You can’t write'), from)).toBe(false);
		expect(place.isFresh).toBe(false);
		expect(place.heard(moved('two:7000'), from)).toBe(true);
		expect(place.heard(moved('two:7000'), from)).toBe(true);
		expect(place.current).toEqual({ host: 'two', port: 7000 });
		expect(place.isFresh).toBe(true);
		expect(told).toHaveBeenCalledTimes(1);
	});

	it('is where a node did what was asked of it, also when none had named that one', () => {
		const place = new RedisPlace('redis://dead:1');
		const told = vi.fn();
		place.onMoved(told);
		place.answered({ host: 'dead', port: 1 });
		expect(told).not.toHaveBeenCalled();
		place.answered({ host: 'heir', port: 2 });
		expect([place.current, told.mock.calls.length]).toEqual([{ host: 'heir', port: 2 }, 1]);
	});

	it('understands addresses of version 6, and nodes that do not know their own', () => {
		const place = new RedisPlace('redis://[::1]:7001');
		expect(place.current).toEqual({ host: '::1', port: 7001 });
		place.heard(moved('::1:7002'), place.current);
		expect(place.current).toEqual({ host: '::1', port: 7002 });
		place.heard(moved(':7003'), place.current);
		expect(place.current).toEqual({ host: '::1', port: 7003 });
	});

	it('asks other nodes in turn where the one does not answer, and that one in between', () => {
		const place = new RedisPlace('redis://a:1');
		expect([1, 2, 3].map((tries) => place.seek(tries).host)).toEqual(['a', 'a', 'a']);
		const slots = [
			[0, 9, ['a', 1, 'id'], ['b', 2, 'id']],
			[10, 16383, ['', 3, 'id'], ['b', 2, 'id']],
		];
		place.learn(nodesOf(slots, place.current));
		expect([1, 2, 3, 4, 5, 6].map((tries) => place.seek(tries))).toEqual([
			...[
				{ host: 'a', port: 1 },
				{ host: 'b', port: 2 },
			],
			...[
				{ host: 'a', port: 1 },
				{ host: 'a', port: 3 },
			],
			...[
				{ host: 'a', port: 1 },
				{ host: 'b', port: 2 },
			],
		]);
		expect(nodesOf('what is this', place.current)).toEqual([]);
	});
});
