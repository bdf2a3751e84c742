import { expect, test } from 'vitest';
import { MAX_COST, ReleaseLine } from './release-line.ts';

function serveAll(line: ReleaseLine<string>): string[] {
	const served: string[] = [];
	for (let value = line.serve(); value !== undefined; value = line.serve()) served.push(value);
	return served;
}

test('serves groups in turn and each group in order of arrival', () => {
	const line = new ReleaseLine<string>();
	for (const value of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) line.join({ group: value.slice(0, 1) }, value);
	expect(serveAll(line)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
	expect(line.size).toBe(0);
});

test('serves a group that comes later after those that wait already', () => {
	const line = new ReleaseLine<string>();
	for (const value of ['a1', 'a2', 'b1', 'b2']) line.join({ group: value.slice(0, 1) }, value);
	expect(line.serve()).toBe('a1');
	line.join({ group: 'c' }, 'c1');
	expect(serveAll(line)).toEqual(['b1', 'a2', 'c1', 'b2']);
});

test('lets any place be left, at the head, in the middle and at the end, and again', () => {
	const line = new ReleaseLine<string>();
	const places = ['a1', 'a2', 'a3', 'a4', 'b1'].map((value) => line.join({ group: value.slice(0, 1) }, value));
	for (const index of [0, 2, 3, 4, 4]) {
		const place = places[index];
		if (place !== undefined) line.leave(place);
	}
	expect(line.size).toBe(1);
	line.join({ group: 'a' }, 'a5');
	expect(serveAll(line)).toEqual(['a2', 'a5']);
});

test('keeps its count and its members through many random joins, serves and leaves', () => {
	const line = new ReleaseLine<string>();
	const waiting = new Map<string, ReturnType<ReleaseLine<string>['join']>>();
	let random = 1;
	const next = (below: number) => {
		random = (random * 48_271) % 2_147_483_647;
		return random % below;
	};
	for (let n = 0; n < 20_000; n++) {
		const choice = next(10);
		if (choice < 5) waiting.set(`v${n}`, line.join({ group: `g${next(7)}`, priority: next(3) }, `v${n}`));
		else if (choice < 8) {
			const served = line.serve();
			expect(served === undefined).toBe(waiting.size === 0);
			if (served !== undefined) expect(waiting.delete(served)).toBe(true);
		} else {
			const [key, place] = [...waiting][next(Math.max(1, waiting.size))] ?? [];
			if (key !== undefined && place !== undefined) {
				line.leave(place);
				waiting.delete(key);
			}
		}
		expect(line.size).toBe(waiting.size);
	}
	expect(serveAll(line).sort()).toEqual([...waiting.keys()].sort());
});

test('serves the higher priority of one group first, and holds no other group up for it', () => {
	const line = new ReleaseLine<string>();
	line.join({ group: 'a' }, 'a1');
	line.join({ group: 'b' }, 'b1');
	for (const [priority, value] of [
		[5, 'a5'],
		[-1, 'a-1'],
		[5, 'a5 later'],
		[9, 'a9'],
	] as const) {
		line.join({ group: 'a', priority }, value);
	}
	expect(serveAll(line)).toEqual(['a9', 'b1', 'a5', 'a5 later', 'a1', 'a-1']);
});

test('gives groups of dear and of cheap values alike a share of the time', () => {
	const line = new ReleaseLine<string>();
	for (let n = 0; n < 40; n++) {
		line.join({ group: 'dear', cost: 4 }, 'dear');
		line.join({ group: 'cheap' }, 'cheap');
	}
	const first = Array.from({ length: 25 }, () => line.serve());
	expect(first.filter((value) => value === 'dear')).toHaveLength(5);
});

test('lets ten thousand of one group hold up one of another by a single turn', () => {
	const line = new ReleaseLine<string>();
	for (let n = 0; n < 10_000; n++) line.join({ group: 'flood', priority: 9 }, `flood${n}`);
	line.join({ group: 'mine' }, 'mine');
	expect([line.serve(), line.serve()]).toContain('mine');
});

test('keeps nobody waiting longer than a bounded number of turns, whoever comes and whatever it costs', () => {
	let random = 7;
	const next = (below: number) => {
		random = (random * 48_271) % 2_147_483_647;
		return random % below;
	};
	const line = new ReleaseLine<{ group: number; at: number }>();
	const heads = new Map<number, number>();
	const waiting = new Map<number, number>();
	const groups = 12;
	for (let turn = 0; turn < 50_000; turn++) {
		const group = next(groups);
		if (line.size < 500) {
			line.join({ group: `${group}`, cost: 1 + next(MAX_COST) }, { group, at: turn });
			waiting.set(group, (waiting.get(group) ?? 0) + 1);
			if (!heads.has(group)) heads.set(group, turn);
		}
		const served = next(3) === 0 ? undefined : line.serve();
		if (served === undefined) continue;
		// While one pays off its dearest value, each other one is served at most as many times.
		expect(turn - (heads.get(served.group) ?? turn)).toBeLessThan(2 * groups * MAX_COST);
		const left = (waiting.get(served.group) ?? 0) - 1;
		waiting.set(served.group, left);
		if (left === 0) heads.delete(served.group);
		else heads.set(served.group, turn);
	}
});

test('serves out of a million as out of a thousand', () => {
	const line = new ReleaseLine<number>();
	for (let n = 0; n < 1_000_000; n++) line.join({ group: `${n % 100}`, priority: n % 2 }, n);
	// With a look at all that wait, each time, it would go on for minutes.
	for (let n = 0; n < 200_000; n++) line.join({ group: `${n % 100}` }, line.serve() ?? 0);
	expect(line.serve()).toBeDefined();
});
