import { expect, it } from 'vitest';
import { byWheel, fitting, stopAfter, ZOOM_LIMITS } from './zoom.ts';

it('buttons go from stop to stop, and stay at the ends', () => {
	expect([stopAfter(1, 1), stopAfter(1, -1), stopAfter(0.72, 1), stopAfter(0.72, -1)]).toEqual([1.1, 0.9, 0.8, 0.67]);
	expect([stopAfter(2, 1), stopAfter(0.2, -1)]).toEqual([ZOOM_LIMITS.most, ZOOM_LIMITS.least]);
});

it('a wheel turned there and back is where it was, and one turn goes not too far', () => {
	const turn = (scale: number, deltaY: number) => byWheel(scale, { deltaY, deltaMode: 0 });
	expect(turn(turn(1, -100), 100)).toBeCloseTo(1);
	expect(turn(0.5, -9_000)).toBeLessThan(1.2);
	expect(byWheel(1, { deltaY: 3, deltaMode: 1 })).toBeLessThan(1);
	expect(turn(ZOOM_LIMITS.least, 100)).toBe(ZOOM_LIMITS.least);
});

it('what fits is drawn as it is, what does not is made to fit', () => {
	expect(fitting({ width: 300, height: 200 }, { width: 800, height: 600 })).toBe(1);
	expect(fitting({ width: 1_600, height: 200 }, { width: 800, height: 600 })).toBe(0.5);
	expect(fitting({ width: 300, height: 1_200 }, { width: 800, height: 300 })).toBe(0.25);
	expect(fitting({ width: 300, height: 1_200 }, { width: 800 })).toBe(1);
	expect(fitting({ width: 90_000, height: 1 }, { width: 800, height: 300 })).toBe(ZOOM_LIMITS.least);
});
