import { expect, test } from 'vitest';
import { FairLine } from './fair-line.ts';

function serveAll(line: FairLine<string>): string[] {
	const served: string[] = [];
	for (let value = line.serve(); value !== undefined; value = line.serve()) served.push(value);
	return served;
}

test('serves groups in turn and each group in order of arrival', () => {
	const line = new FairLine<string>();
	for (const value of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) line.join(value.slice(0, 1), value);
	expect(serveAll(line)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
	expect(line.size).toBe(0);
});

test('serves a group that comes later after those that wait already', () => {
	const line = new FairLine<string>();
	for (const value of ['a1', 'a2', 'b1', 'b2']) line.join(value.slice(0, 1), value);
	expect(line.serve()).toBe('a1');
	line.join('c', 'c1');
	expect(serveAll(line)).toEqual(['b1', 'a2', 'c1', 'b2']);
});

test('lets any place be left, at the head, in the middle and at the end, and again', () => {
	const line = new FairLine<string>();
	const places = ['a1', 'a2', 'a3', 'a4', 'b1'].map((value) => line.join(value.slice(0, 1), value));
	for (const index of [0, 2, 3, 4, 4]) {
		const place = places[index];
		if (place !== undefined) line.leave(place);
	}
	expect(line.size).toBe(1);
	line.join('a', 'a5');
	expect(serveAll(line)).toEqual(['a2', 'a5']);
});

test('keeps its count and its members through many random joins, serves and leaves', () => {
	const line = new FairLine<string>();
	const waiting = new Map<string, ReturnType<FairLine<string>['join']>>();
	let random = 1;
	const next = (below: number) => {
		random = (random * 48_271) % 2_147_483_647;
		return random % below;
	};
	for (let n = 0; n < 20_000; n++) {
		const choice = next(10);
		if (choice < 5) waiting.set(`v${n}`, line.join(`g${next(7)}`, `v${n}`));
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
