import type { ScheduleRule, ScheduleWhat } from '../domain/schedule/schedule.ts';
import type { Firing, FiringOf, NextDue } from '../domain/schedule/state.ts';

/** ReadSchedule is what words about time mean, with the rest of the sentence; or what was seen, and why that is no time rule. */
export type ReadSchedule =
	| { readonly ok: true; readonly rule: ScheduleRule; readonly rest: string }
	| { readonly ok: false; readonly seen: string; readonly why: string };

/** IScheduleTimes knows when time rules fall due, and reads and writes them in words. It has no clock of its own. */
export interface IScheduleTimes {
	/** The server's own time zone. */
	readonly timeZone: string;
	/** The first due time after a time; undefined where there is none. */
	nextDue(rule: ScheduleRule, after: number): number | undefined;
	/** The same with the time at which it is carried out: moved by the jitter, always by the same for the same schedule and due time. */
	next(rule: ScheduleRule, id: string, after: number): NextDue | undefined;
	/** What is to be done about a due time that has come: what runs, what is left out, and what comes next. */
	firing(of: FiringOf): Firing;
	/** The shortest time (ms) between due times that follow each other, of the next ones. */
	shortestGap(rule: ScheduleRule, after: number): number;
	/** Why a rule cannot be followed; undefined where it can. */
	problem(rule: ScheduleRule): string | undefined;
	/** Reads words at the beginning or end of a sentence; times without a zone are meant in `timeZone`. */
	parse(words: string, given: { readonly timeZone: string; readonly now: number }): Promise<ReadSchedule>;
	/** What looks at a page and keeps what it saw, where a goal asks for a page to be watched; undefined for any other goal. */
	watching(goal: string): Promise<ScheduleWhat | undefined>;
	/** A rule in words, which `parse` reads back. */
	describe(rule: ScheduleRule): string;
}
