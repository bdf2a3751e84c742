import type { IScheduleTimes } from '../../ports/schedule-times.ts';
import { describeRule } from './describe-rule.ts';
import { nextDue, ruleProblem, shortestGap } from './due-times.ts';
import { firingOf, nextAt } from './firing.ts';

/** scheduleTimes reckons due times; the libraries that read words are loaded with the first of them. */
export const scheduleTimes: IScheduleTimes = {
	timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
	nextDue,
	next: nextAt,
	firing: firingOf,
	shortestGap,
	problem: ruleProblem,
	parse: async (words, given) => (await import('./parse-schedule.ts')).parseSchedule(words, given),
	watching: async (goal) => (await import('../rules/plan-schedule.ts')).watchingOf(goal),
	describe: describeRule,
};
