import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuiet, quietUntil } from './quiet-hours.ts';

const night = { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' };
const at = (iso: string) => Date.parse(iso);
const until = (quiet: Parameters<typeof quietUntil>[0], iso: string) => {
	const end = quietUntil(quiet, at(iso));
	return end === undefined ? undefined : new Date(end).toISOString();
};

describe('quiet hours', () => {
	it.each([
		['2026-01-10T20:59:59.999Z', undefined],
		['2026-01-10T21:00:00Z', '2026-01-11T06:00:00.000Z'],
		['2026-01-11T05:59:59.999Z', '2026-01-11T06:00:00.000Z'],
		['2026-01-11T06:00:00Z', undefined],
		['2026-07-10T20:00:00Z', '2026-07-11T05:00:00.000Z'],
		['2026-07-10T19:59:00Z', undefined],
	])('span midnight: at %s they last until %s', (now, end) => {
		expect(until(night, now)).toBe(end);
	});

	it('are shorter and longer in the nights in which the clock is put forward and back', () => {
		expect(until(night, '2026-03-28T21:00:00Z')).toBe('2026-03-29T05:00:00.000Z');
		expect(until(night, '2026-10-24T20:00:00Z')).toBe('2026-10-25T06:00:00.000Z');
	});

	it('end where the clock jumps over their end, and take both passes of an hour that comes twice', () => {
		const early = { from: '01:00', to: '02:30', timeZone: 'Europe/Berlin' };
		expect(until(early, '2026-03-29T00:30:00Z')).toBe('2026-03-29T01:00:00.000Z');
		expect(until(early, '2026-10-25T00:00:00Z')).toBe('2026-10-25T00:30:00.000Z');
		expect(until(early, '2026-10-25T00:45:00Z')).toBe(undefined);
		expect(until(early, '2026-10-25T01:10:00Z')).toBe('2026-10-25T01:30:00.000Z');
		expect(until({ ...early, to: '02:50' }, '2026-10-24T23:30:00Z')).toBe('2026-10-25T00:50:00.000Z');
	});

	it('know zones of half and three quarters of an hour, and times before 1970', () => {
		expect(until({ ...night, timeZone: 'Asia/Kathmandu' }, '2026-01-10T18:00:00Z')).toBe('2026-01-11T01:15:00.000Z');
		expect(until({ ...night, timeZone: 'Australia/Lord_Howe' }, '2026-04-04T12:00:00Z')).toBe(
			'2026-04-04T20:30:00.000Z',
		);
		expect(until({ ...night, timeZone: 'UTC' }, '1969-12-31T23:30:00.500Z')).toBe('1970-01-01T07:00:00.000Z');
	});

	it('end at the first minute that is not quiet, in every zone and season', () => {
		const zones = [
			'UTC',
			'Europe/Berlin',
			'America/New_York',
			'Australia/Lord_Howe',
			'Africa/Casablanca',
			'Asia/Tehran',
		];
		const minute = fc.integer({ min: 0, max: 24 * 60 - 1 });
		const showMinute = (n: number) =>
			`${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`;
		fc.assert(
			fc.property(
				fc.constantFrom(...zones),
				minute,
				minute,
				fc.integer({ min: 0, max: 366 * 24 * 60 }),
				(timeZone, from, to, minutes) => {
					fc.pre(from !== to);
					const quiet = { from: showMinute(from), to: showMinute(to), timeZone };
					const now = at('2026-01-01T00:00:00Z') + minutes * 60_000;
					const end = quietUntil(quiet, now);
					if (end === undefined) return;
					expect(end).toBeGreaterThan(now);
					expect(end - now).toBeLessThanOrEqual(25 * 3_600_000);
					expect(quietUntil(quiet, end)).toBeUndefined();
					expect(quietUntil(quiet, end - 1)).toBe(end);
				},
			),
			{ numRuns: 300 },
		);
	});
});

describe('words for quiet hours', () => {
	it.each([
		['22:00-07:00 Europe/Berlin', { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' }],
		['22-7 UTC', { from: '22:00', to: '07:00', timeZone: 'UTC' }],
		['10pm – 6.30am America/New_York', { from: '22:00', to: '06:30', timeZone: 'America/New_York' }],
		['23h to 8', { from: '23:00', to: '08:00', timeZone: 'Asia/Tokyo' }],
		['12am-12pm', { from: '00:00', to: '12:00', timeZone: 'Asia/Tokyo' }],
		['off', undefined],
		[' OFF ', undefined],
	])('%s', (text, quiet) => {
		expect(parseQuiet(text, 'Asia/Tokyo')).toEqual(quiet);
	});

	it.each([
		'',
		'at night',
		'22:00',
		'22:00-22:00 UTC',
		'25-7 UTC',
		'22:60-7 UTC',
		'13pm-7 UTC',
		'22-7 Mars/Olympus',
		'-'.repeat(10_000),
	])('that say nothing are refused with an example: %s', (text) => {
		expect(() => parseQuiet(text, 'UTC')).toThrow(expect.objectContaining({ code: 'invalid-input' }));
	});

	it('ask for the time zone when none is known', () => {
		expect(() => parseQuiet('22-7')).toThrow(/time zone/);
	});
});
