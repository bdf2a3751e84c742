import { describe, expect, it } from 'vitest';
import * as vitals from './vitals.ts';

const well =
	(now: number, firstMs = 300) =>
	(one: vitals.Vitals) =>
		vitals.answeredWell(one, { now, firstMs });
const bad =
	(now: number, cause: vitals.FailureCause = 'reply') =>
	(one: vitals.Vitals) =>
		vitals.failed(one, { now, trouble: `trouble at ${now}`, cause });
const seen = (now: number) => (one: vitals.Vitals) => vitals.seen(one, now);
const missed = (now: number) => (one: vitals.Vitals) => vitals.missed(one, { now, trouble: 'not there' });

function after(...heard: ((one: vitals.Vitals) => vitals.Vitals)[]): vitals.Vitals {
	return heard.reduce((one, hear) => hear(one), vitals.unknownVitals(0));
}

describe('how a model stands', () => {
	it('is unknown until it answered or was seen', () => {
		expect(after()).toMatchObject({ health: 'unknown', since: 0 });
		expect(after(well(5))).toMatchObject({ health: 'up', since: 5 });
		expect(after(seen(5))).toMatchObject({ health: 'up', since: 5 });
		expect(after(missed(5))).toMatchObject({ health: 'down', since: 5, trouble: 'not there' });
	});

	it('turns down at the third failure in a row, and stays up while others come between', () => {
		expect(after(well(1), bad(2), bad(3))).toMatchObject({ health: 'up', since: 1 });
		expect(after(well(1), bad(2), bad(3), bad(4))).toMatchObject({ health: 'down', since: 4, trouble: 'trouble at 4' });
		const mixed = Array.from({ length: 20 }, (_, at) => (at % 3 === 2 ? well(at) : bad(at)));
		expect(after(well(0), ...mixed).health).toBe('up');
		expect(after(bad(1, 'refusal')).health).toBe('down');
	});

	it('rests longer each time it fails again, and not after it answered', () => {
		let one = after(bad(0), bad(0), bad(0));
		const rests = [one.restsUntil];
		for (let round = 0; round < 5; round += 1) {
			const now = one.restsUntil;
			one = vitals.failed(vitals.seen(one, now), { now, trouble: 'again', cause: 'reply' });
			rests.push(one.restsUntil - now);
		}
		expect(rests).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
		expect(vitals.answeredWell(one, { now: 9, firstMs: 1 })).toMatchObject({ health: 'up', restsUntil: 0, rests: 0 });
	});

	it('is believed to be back when the line was its trouble, but must rest first when its replies were', () => {
		expect(after(bad(0, 'line'), bad(0, 'line'), bad(0, 'line'), seen(5_000))).toMatchObject({
			health: 'up',
			restsUntil: 0,
		});
		const down = after(bad(0), bad(0), bad(0), seen(5_000));
		expect(down).toMatchObject({ health: 'down', since: 0 });
		const back = vitals.seen(down, 30_000);
		expect(back).toMatchObject({ health: 'up', since: 30_000 });
		expect(vitals.failed(back, { now: 30_001, trouble: 'no', cause: 'reply' }).health).toBe('down');
	});

	it('is not turned down by one look in vain, unless a call failed, too', () => {
		expect(after(well(1), missed(2)).health).toBe('up');
		expect(after(well(1), missed(2), missed(7))).toMatchObject({ health: 'down', since: 7 });
		expect(after(well(1), bad(2, 'line'), missed(3))).toMatchObject({ health: 'down', trouble: 'not there' });
		expect(after(well(1), missed(2), seen(7), missed(12)).health).toBe('up');
	});

	it('is slow when replies of late were, and up again only when they are clearly quicker', () => {
		const late = [well(3, 12_000), well(4, 14_000), well(5, 12_000)];
		const before = [well(1), well(2)];
		expect(after(...before, ...late.slice(0, 2), well(5)).health).toBe('up');
		const slow = after(...before, ...late);
		expect(slow).toMatchObject({ health: 'slow', since: 5, trouble: 'its first word took 12 s of late' });
		const later = (ms: number) => [6, 7, 8].reduce((one, now) => well(now, ms)(one), slow);
		expect(later(8_000)).toMatchObject({ health: 'slow', since: 5 });
		expect(later(500)).toMatchObject({ health: 'up', since: 8 });
	});
});
