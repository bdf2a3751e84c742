import type { Schedule } from '../../domain/schedule/state.ts';
import type { IScheduleTimes } from '../../ports/schedule-times.ts';
import type { ScheduleView } from '../desks/schedules.ts';

interface Shown {
	readonly number: number;
	/** How many due times are told. */
	readonly next: number;
	readonly times: IScheduleTimes;
}

/** viewSchedule shows a schedule the way callers see it. */
export function viewSchedule(schedule: Schedule, { number, next: most, times }: Shown): ScheduleView {
	const { id, title, rule, what, conversation, status, last, runs, missed, createdAt, version } = schedule;
	return {
		id,
		number,
		title,
		rule,
		words: times.describe(rule),
		what,
		...(conversation === undefined ? {} : { conversation }),
		status: status === 'removed' ? 'ended' : status,
		...(schedule.pausedBecause?.message === undefined ? {} : { pausedBecause: schedule.pausedBecause.message }),
		next: dueTimes(schedule, { most, times }),
		...(last === undefined ? {} : { last }),
		runs,
		missed,
		createdAt,
		version,
	};
}

function dueTimes(
	{ id, rule, next, runs }: Schedule,
	{ most, times }: { readonly most: number; readonly times: IScheduleTimes },
): number[] {
	const left = Math.min(most, rule.maxRuns === undefined ? most : Math.max(0, rule.maxRuns - runs));
	const found: number[] = [];
	for (let one = next; one !== undefined && found.length < left; one = times.next(rule, id, one.due)) {
		found.push(one.at);
	}
	return found;
}
