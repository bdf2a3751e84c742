import { expect, it } from 'vitest';
import { ScheduleRule, ScheduleWhat } from '../../domain/schedule/schedule.ts';
import type { ScheduleView } from '../desks/schedules.ts';
import { setUpText } from './set-up-text.ts';

const rule = ScheduleRule.parse({ timing: { kind: 'cron', cron: '0 7 * * *' }, timeZone: 'UTC' });
const what = ScheduleWhat.parse({ do: { kind: 'goal', goal: 'read the news' } });
const view = {
	number: 2,
	what,
	rule,
	words: 'every day at 7:00',
	next: [Date.UTC(2026, 10, 23, 7)],
} as unknown as ScheduleView;

it('says how to set a time zone where none was ever said, and only there', () => {
	const said = (own: { timeZone: string; said: boolean }) => setUpText(view, own);
	expect(said({ timeZone: 'UTC', said: false })).toContain('07:00 (UTC; `/timezone` sets yours).');
	expect(said({ timeZone: 'UTC', said: true })).toContain('07:00 (UTC).');
	expect(said({ timeZone: 'Asia/Tokyo', said: true })).toContain(
		'(UTC). That is not your usual time zone, Asia/Tokyo.',
	);
	expect(said({ timeZone: 'Asia/Tokyo', said: false })).not.toContain('usual');
});
