import type { Schedule } from '../../domain/schedule/state.ts';
import { shortened } from '../../domain/shortened.ts';
import type { IScheduleTimes } from '../../ports/schedule-times.ts';
import type { DigestView, ScheduleView } from '../desks/schedules.ts';

interface Shown {
	readonly number: number;
	/** How many due times are told. */
	readonly next: number;
	readonly times: IScheduleTimes;
	readonly now: number;
}

/** Runs of a digest that are shown before it is sent, and characters of each. */
const HELD = 20;
const HELD_CHARACTERS = 300;

/** viewSchedule shows a schedule the way callers see it. */
export function viewSchedule(schedule: Schedule, { number, next: most, times, now }: Shown): ScheduleView {
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
		...digestOf(schedule, times, now),
		createdAt,
		version,
	};
}

function digestOf(
	{ digest, digestAt, collected, uncollected, status }: Schedule,
	times: IScheduleTimes,
	now: number,
): { readonly digest?: DigestView } {
	if (digest === undefined) return {};
	const comes = digestAt ?? (status === 'active' ? times.nextDue(digest.rule, now) : undefined);
	return {
		digest: {
			words: times.describe(digest.rule),
			...(comes === undefined ? {} : { next: comes }),
			runs: collected.length + uncollected,
			held: collected
				.slice(-HELD)
				.reverse()
				.map(({ task, at, outcome, changed, text }) => ({
					...{ task, at, outcome },
					...(changed === undefined ? {} : { changed }),
					text: shortened(text, HELD_CHARACTERS),
				})),
		},
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
