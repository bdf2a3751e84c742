import { describe, expect, test } from 'vitest';
import { ScheduleRule } from '../../domain/schedule/schedule.ts';
import { duesBetween, nextDue } from './due-times.ts';
import { firingOf, nextAt } from './firing.ts';

const cron = (line: string, timeZone = 'Europe/Berlin', more: object = {}) =>
	ScheduleRule.parse({ timing: { kind: 'cron', cron: line }, timeZone, ...more });
const at = (text: string) => Date.parse(text);
const next = (rule: ScheduleRule, from: string, count: number) => {
	const found: string[] = [];
	for (let due = nextDue(rule, at(from)); due !== undefined && found.length < count; due = nextDue(rule, due)) {
		found.push(new Date(due).toISOString().replace(':00.000Z', 'Z'));
	}
	return found;
};

describe('due times', () => {
	test.each([
		['Europe/Berlin', '30 2 * * *', '2026-03-28T12:00Z', ['2026-03-29T01:00Z', '2026-03-30T00:30Z']],
		['Europe/Berlin', '30 2 * * *', '2026-10-24T12:00Z', ['2026-10-25T00:30Z', '2026-10-26T01:30Z']],
		['Europe/Berlin', '30 2,14 * * *', '2026-03-29T00:00Z', ['2026-03-29T01:00Z', '2026-03-29T12:30Z']],
		['America/New_York', '30 2 * * *', '2026-03-07T12:00Z', ['2026-03-08T07:00Z', '2026-03-09T06:30Z']],
		['America/New_York', '30 1 * * *', '2026-10-31T12:00Z', ['2026-11-01T05:30Z', '2026-11-02T06:30Z']],
		['Australia/Lord_Howe', '15 2 * * *', '2026-10-03T00:00Z', ['2026-10-03T15:30Z', '2026-10-04T15:15Z']],
		['Europe/Berlin', '0 8 * * *; 30 17 * * *', '2026-03-28T08:00Z', ['2026-03-28T16:30Z', '2026-03-29T06:00Z']],
		['Europe/Berlin', '30 2 * * *; 0 3 * * *', '2026-03-28T12:00Z', ['2026-03-29T01:00Z', '2026-03-30T00:30Z']],
		['Asia/Kolkata', '0 7 * * *', '2026-03-28T12:00Z', ['2026-03-29T01:30Z', '2026-03-30T01:30Z']],
	])('of %s: %s', (zone, line, from, expected) => {
		expect(next(cron(line, zone), from, 2)).toEqual(expected);
	});

	test('know leap days and ends of months, and those that never come', () => {
		expect(next(cron('0 9 29 2 *', 'UTC'), '2026-01-01T00:00Z', 2)).toEqual(['2028-02-29T09:00Z', '2032-02-29T09:00Z']);
		expect(next(cron('0 9 L * *', 'UTC'), '2026-01-31T10:00Z', 2)).toEqual(['2026-02-28T09:00Z', '2026-03-31T09:00Z']);
		expect(next(cron('0 9 31 * *', 'UTC'), '2026-01-31T10:00Z', 1)).toEqual(['2026-03-31T09:00Z']);
		expect(nextDue(cron('0 0 30 2 *'), 0)).toBeUndefined();
	});

	test('count whole days on the calendar and everything else by time', () => {
		const every = (everyMs: number) =>
			ScheduleRule.parse({
				timing: { kind: 'every', everyMs, from: at('2026-03-27T08:00Z') },
				timeZone: 'Europe/Berlin',
			});
		expect(next(every(2 * 86_400_000), '2026-03-26T00:00Z', 3)).toEqual([
			'2026-03-27T08:00Z',
			'2026-03-29T07:00Z',
			'2026-03-31T07:00Z',
		]);
		expect(next(every(30 * 3_600_000), '2026-03-27T08:00Z', 2)).toEqual(['2026-03-28T14:00Z', '2026-03-29T20:00Z']);
	});

	test('are the same counted forwards and looked back at, across changes of the clock', () => {
		for (const zone of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC']) {
			for (const line of ['30 2 * * *', '*/30 * * * *', '0 9 * * 1-5', '15 1,2,3 * * *; 30 2 * * *', '0 12 L * *']) {
				for (const [from, to] of [
					['2026-03-07T00:10Z', '2026-03-09T12:00Z'],
					['2026-03-28T00:10Z', '2026-03-30T12:00Z'],
					['2026-04-04T00:10Z', '2026-04-06T12:00Z'],
					['2026-10-03T00:10Z', '2026-10-05T12:00Z'],
					['2026-10-24T00:10Z', '2026-10-26T12:00Z'],
					['2026-10-31T00:10Z', '2026-11-02T12:00Z'],
				] as const) {
					const rule = cron(line, zone);
					const forwards: number[] = [];
					for (let due = nextDue(rule, at(from)); due !== undefined && due <= at(to); due = nextDue(rule, due)) {
						forwards.push(due);
					}
					expect(duesBetween(rule, at(from), at(to), 5_000).dues).toEqual(forwards);
					expect(duesBetween(rule, at(from), at(to), 3)).toEqual({
						dues: forwards.slice(-3),
						more: forwards.length > 3,
					});
				}
			}
		}
	});

	test('are moved by a jitter that stays the same', () => {
		const rule = cron('0 7 * * *', 'UTC', { jitterMs: 600_000 });
		const moved = Array.from({ length: 50 }, (_, index) => nextAt(rule, `s${index}`, 0));
		expect(moved).toEqual(Array.from({ length: 50 }, (_, index) => nextAt(rule, `s${index}`, 0)));
		const delays = moved.map((one) => (one === undefined ? -1 : one.at - one.due));
		expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
		expect(Math.max(...delays)).toBeLessThanOrEqual(600_000);
		expect(new Set(delays).size).toBeGreaterThan(40);
	});
});

describe('what becomes of due times that have come', () => {
	const due = at('2026-11-02T07:00Z');
	const firing = (catchUp: string, late: number, left?: number) =>
		firingOf({
			...{ id: 's', rule: cron('0 7 * * *', 'UTC', { catchUp }), next: { due, at: due }, now: due + late },
			...(left === undefined ? {} : { left }),
		});
	const day = 86_400_000;

	test('one that has just come runs, and the next follows it', () => {
		expect(firing('skip', 100)).toEqual({
			late: false,
			fire: [due],
			skipped: [],
			next: { due: due + day, at: due + day },
		});
	});

	test('of those that were missed none runs, one for all, or each', () => {
		const missed = { from: due, to: due + 3 * day };
		expect(firing('skip', 3 * day + 7_200_000)).toMatchObject({
			...{ late: true, fire: [], skipped: [{ ...missed, count: 4, why: 'missed' }], next: { due: due + 4 * day } },
		});
		expect(firing('once', 3 * day + 7_200_000)).toMatchObject({
			...{ fire: [due + 3 * day], skipped: [{ from: due, to: due + 2 * day, count: 3, why: 'caught-up' }] },
		});
		expect(firing('all', 3 * day + 7_200_000)).toMatchObject({
			...{ fire: [0, 1, 2, 3].map((days) => due + days * day), skipped: [] },
		});
		expect(firing('all', 3 * day, 2).fire).toHaveLength(2);
	});

	test('no more than a thousand are made up for, however long it was', () => {
		const rule = cron('* * * * * *', 'UTC', { catchUp: 'all' });
		const { fire, skipped } = firingOf({ id: 's', rule, next: { due, at: due }, now: due + 400 * day });
		expect(fire).toHaveLength(1_000);
		expect(fire.at(-1)).toBe(due + 400 * day);
		expect(skipped).toMatchObject([{ why: 'too-many', more: true }]);
	});
});
