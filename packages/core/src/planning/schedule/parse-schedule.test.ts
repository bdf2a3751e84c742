import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ScheduleRule } from '../../domain/schedule/schedule.ts';
import { describeRule } from './describe-rule.ts';
import { nextDue } from './due-times.ts';
import { parseSchedule } from './parse-schedule.ts';

/** Sunday, eleven in the morning in Berlin. */
const GIVEN = { timeZone: 'Europe/Berlin', now: Date.parse('2026-11-22T10:00:00Z') };

/** One case a line: what is said => what is understood | the rest; or => ! why it is refused. */
const CASES = readFileSync(new URL('./fixture/phrases.txt', import.meta.url), 'utf8')
	.split('\n')
	.filter((line) => line.includes(' => '))
	.map((line) => line.split(' => ') as [string, string]);

describe('parseSchedule', () => {
	test('has many cases', () => expect(CASES.length).toBeGreaterThanOrEqual(120));

	test.each(CASES)('reads "%s"', (said, expected) => {
		expect(understood(said)).toBe(expected);
	});

	test('reads every rule it describes as the same rule', () => {
		for (const [said] of CASES) {
			const read = parseSchedule(said, GIVEN);
			if (read.ok)
				expect(parseSchedule(describeRule(read.rule), GIVEN)).toEqual({ ok: true, rule: read.rule, rest: '' });
		}
	});

	test('reads random rules back', () => {
		for (let seed = 1; seed <= 400; seed++) {
			const rule = randomRule(seed);
			if (nextDue(rule, GIVEN.now) === undefined) continue;
			const words = describeRule(rule);
			expect([words, parseSchedule(words, GIVEN)]).toEqual([words, { ok: true, rule, rest: '' }]);
		}
	});

	test('never throws, and is quick on long texts', () => {
		const long = 'every at 7 on the 3 in and '.repeat(2_000);
		expect(() => parseSchedule(long, GIVEN)).not.toThrow();
		for (const text of ['every', 'at', '@', '* * * * *'.repeat(20), '\u0000', 'at 99:99:99', 'in 999999999 weeks']) {
			expect(() => parseSchedule(text, GIVEN)).not.toThrow();
		}
	});
});

function understood(said: string): string {
	const read = parseSchedule(said, GIVEN);
	if (!read.ok) return `! ${read.why}`;
	return read.rest === '' ? describeRule(read.rule) : `${describeRule(read.rule)} | ${read.rest}`;
}

function randomRule(seed: number): ScheduleRule {
	let state = seed * 2_654_435_761;
	const below = (limit: number) => {
		state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0;
		return state % limit;
	};
	const pick = <T>(list: readonly [T, ...T[]]): T => list[below(list.length)] ?? list[0];
	const timeZone = pick(['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe']);
	const at = GIVEN.now + 1_000 * below(300_000_000) + 1_000;
	const cron = `${below(60)} ${below(24)} ${pick(['* * *', '* * 1-5', '* * 1,3', '1 * *', 'L * *', '15 6 *', '* * 5#L', '1 */3 *'])}`;
	const timing = pick<ScheduleRule['timing']>([
		{ kind: 'cron', cron },
		{ kind: 'cron', cron: `*/${pick([5, 10, 15])} ${below(10)}-${10 + below(12)} * * 1-5` },
		{ kind: 'cron', cron: `${below(60)},${below(60)} */3 1-7 * *` },
		{ kind: 'cron', cron: `0 ${below(12)} * * 1-5; ${1 + below(59)} ${12 + below(12)} * * 1-5` },
		{ kind: 'once', at },
		{ kind: 'every', everyMs: 1_000 * (1 + below(10_000)) },
		{ kind: 'every', everyMs: 86_400_000 * (2 + below(20)), from: at },
		{ kind: 'every', everyMs: 60_000 * (1 + below(500)), from: at },
	]);
	const ends = timing.kind !== 'once' && below(3) === 0 ? { notAfter: at + 86_400_000 * 4_000 } : {};
	const runs = timing.kind !== 'once' && below(4) === 0 ? { maxRuns: 1 + below(20) } : {};
	return { timing, timeZone, jitterMs: 0, catchUp: 'once', ...ends, ...runs };
}
