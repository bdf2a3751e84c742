import { expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { Arrivals } from './arrivals.ts';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

function open() {
	const clock = new FakeClock();
	const arrivals = new Arrivals(clock);
	const events: string[] = [];
	/** Comes in, and is taken once the function is called. */
	const arrive = (name: string) => {
		const { promise, resolve } = Promise.withResolvers<void>();
		const taken = arrivals.during(() => promise).then(() => events.push(`${name} acknowledged`));
		return () => {
			resolve();
			return taken;
		};
	};
	const work = (name: string) => void arrivals.calm().then(() => events.push(`${name} begins`));
	return { clock, arrivals, events, arrive, work };
}

it('work begins at once where nothing comes in', async () => {
	const { events, work } = open();
	work('a');
	await nextTurn();
	expect(events).toEqual(['a begins']);
});

it('work begins after all that comes in was acknowledged, in its order', async () => {
	const { events, arrive, work } = open();
	const [first, second] = [arrive('first'), arrive('second')];
	work('a');
	work('b');
	await first();
	await nextTurn();
	expect(events).toEqual(['first acknowledged']);
	await second();
	expect(events).toEqual(['first acknowledged', 'second acknowledged']);
	await nextTurn();
	await nextTurn();
	expect(events.slice(2)).toEqual(['a begins', 'b begins']);
});

it('work begins a few at a time, so that what comes in between is acknowledged first', async () => {
	const { events, arrive, work } = open();
	const first = arrive('first');
	for (let at = 0; at < 20; at++) work(`${at}`);
	await first();
	await nextTurn();
	await nextTurn();
	const begun = events.length;
	expect(begun).toBeGreaterThan(1);
	expect(begun).toBeLessThan(21);
	const second = arrive('second');
	await nextTurn();
	await second();
	for (let turn = 0; turn < 20; turn++) await nextTurn();
	expect(events.indexOf('second acknowledged')).toBeLessThan(20);
	expect(events.filter((event) => event.endsWith('begins'))).toEqual(
		Array.from({ length: 20 }, (_, at) => `${at} begins`),
	);
});

it('work begins after a while where more keeps coming in', async () => {
	const { clock, events, arrive, work } = open();
	arrive('first');
	work('a');
	await clock.advance(249);
	expect(events).toEqual([]);
	await clock.advance(1);
	expect(events).toEqual(['a begins']);
	expect(clock.waiting).toBe(0);
});

it('work goes on after what came in was refused', async () => {
	const { arrivals, events, work } = open();
	const refused = arrivals.during(() => Promise.reject(new Error('The disk is full.')));
	work('a');
	await expect(refused).rejects.toThrow('full');
	await nextTurn();
	await nextTurn();
	expect(events).toEqual(['a begins']);
});

it('no work begins after the stop', async () => {
	const { clock, arrivals, events, arrive, work } = open();
	const first = arrive('first');
	work('a');
	arrivals.stop();
	work('b');
	await first();
	await clock.advance(5_000);
	expect(events).toEqual(['first acknowledged']);
	expect(clock.waiting).toBe(0);
});
