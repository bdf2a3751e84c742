import { DAY_NAMES, MONTH_NAMES } from '../../domain/calendar-names.ts';
import { wallTime } from '../../domain/person/wall-time.ts';
import { shortened } from '../../domain/shortened.ts';
import type { PersonalZone, ScheduleView } from '../desks/schedules.ts';

/** setUpText says what was set up: what happens when, in which time zone, when next, and how it is stopped. */
export function setUpText(view: ScheduleView, own: PersonalZone): string {
	const { number, what, words, rule, next } = view;
	const [first] = next;
	const verb = { goal: 'I will do this', workflow: 'I will run it', remind: 'I will remind you' }[what.do.kind];
	const theirs = own.said ? ` That is not your usual time zone, ${own.timeZone}.` : '';
	const zone = rule.timeZone === own.timeZone ? '' : theirs;
	const note = rule.timeZone === own.timeZone && !own.said ? '; `/timezone` sets yours' : '';
	return [
		`${verb} ${words}: “${shortened(thingOf(view), 300)}”.${toldWords(view)}`,
		first === undefined ? '' : `Next: ${timeWords(first, rule.timeZone, note)}.${zone}`,
		`This is schedule ${number}. \`/schedules\` shows yours; \`/schedules pause ${number}\` stops it for now, \`/unschedule ${number}\` for good.`,
	]
		.filter((line) => line !== '')
		.join('\n\n');
}

/** timeWords writes a time as people of a time zone would: `Monday 23 November 2026, 07:00 (Europe/Berlin)`. */
export function timeWords(at: number, timeZone: string, note = ''): string {
	const wall = new Date(wallTime(timeZone, at));
	const clock = [wall.getUTCHours(), wall.getUTCMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
	const day = `${DAY_NAMES[wall.getUTCDay()]} ${wall.getUTCDate()} ${MONTH_NAMES[wall.getUTCMonth()]} ${wall.getUTCFullYear()}`;
	return `${day}, ${clock} (${timeZone}${note})`;
}

function thingOf({ what, title }: ScheduleView): string {
	switch (what.do.kind) {
		case 'goal':
			return what.do.goal;
		case 'workflow':
			return title;
		case 'remind':
			return what.do.text;
	}
}

function toldWords({ what: { tell }, conversation }: ScheduleView): string {
	const where = conversation === undefined ? '' : ', here and where you want answers (`/notify`)';
	if (tell === 'changes') return ` I tell you only when something has changed${where}.`;
	if (tell === 'never') return ' I tell you nothing of it.';
	return typeof tell === 'object' ? ` I tell you all of it at once, ${tell.digest}${where}.` : '';
}
