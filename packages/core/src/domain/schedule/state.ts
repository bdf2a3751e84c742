import type { PersonId, ScheduleId, TaskId } from '../ids.ts';
import type { Json } from '../json.ts';
import type { NextDue, RunOutcome, ScheduleDefinition, SchedulePauseCause, SkippedDues } from './facts.ts';
import type { ScheduleRule } from './schedule.ts';

export type { NextDue } from './facts.ts';

/** SCHEDULE_LIMITS bound what a schedule remembers; what falls out stays in its history. */
export const SCHEDULE_LIMITS = { caughtUp: 1_000, running: 100, collected: 200, textCharacters: 2_000 } as const;

/** FiringOf is what is asked when a due time has come. */
export interface FiringOf {
	readonly id: string;
	readonly rule: ScheduleRule;
	readonly next: NextDue;
	readonly now: number;
	/** Runs that may still be begun; undefined where there is no end. */
	readonly left?: number | undefined;
}

/** Firing is what becomes of due times that have come. `late`: some were missed, so that this is written down before anything runs. */
export interface Firing {
	readonly late: boolean;
	/** Oldest first. */
	readonly fire: readonly number[];
	readonly skipped: readonly SkippedDues[];
	readonly next?: NextDue | undefined;
}

/** ScheduleRun is a run whose end is waited for. */
export interface ScheduleRun {
	readonly task: TaskId;
	readonly due: number;
}

/** NotedRun is what a run gave, on its way to the person. */
export interface NotedRun {
	readonly task: TaskId;
	readonly due: number;
	readonly at: number;
	readonly outcome: RunOutcome;
	readonly text: string;
	readonly changed?: boolean | undefined;
}

/** Schedule is the folded state of one schedule's facts. It is plain data, so that it can be kept as a snapshot. */
export interface Schedule extends ScheduleDefinition {
	readonly id: ScheduleId;
	readonly person: PersonId;
	readonly createdAt: number;
	/** Sequence number and time of the last fact folded in. */
	readonly seq: number;
	readonly at: number;
	/** Counts what the person changed, from 1. */
	readonly version: number;
	/** `ended`: no due time comes any more. */
	readonly status: 'active' | 'paused' | 'ended' | 'removed';
	readonly pausedBecause?: { readonly cause: SchedulePauseCause; readonly message?: string | undefined } | undefined;
	readonly next?: NextDue | undefined;
	/** Missed due times that are carried out one after the other, oldest first. */
	readonly queue: readonly number[];
	readonly runs: number;
	readonly missed: number;
	readonly running: readonly ScheduleRun[];
	readonly last?:
		| { readonly due: number; readonly task?: TaskId | undefined; readonly outcome?: RunOutcome | undefined }
		| undefined;
	/** What the last run that was done left for the next. */
	readonly keep?: Json | undefined;
	/** Where untrusted content in that comes from. */
	readonly keepOrigins?: readonly string[] | undefined;
	/** What is told at once, oldest first. */
	readonly toTell: readonly NotedRun[];
	/** What is told with the next digest, oldest first. */
	readonly collected: readonly NotedRun[];
	/** More than were kept. */
	readonly uncollected: number;
	/** When the next digest is sent; undefined while there is nothing to tell. */
	readonly digestAt?: number | undefined;
}

/** ScheduleState is a schedule, or `undefined` before its first fact. */
export type ScheduleState = Schedule | undefined;

/** isFollowed says whether the end of a run matters to its schedule: what it gave is carried on or told here, or nothing may run beside it. */
export function isFollowed({ what }: Pick<Schedule, 'what'>): boolean {
	if (what.do.kind === 'remind') return false;
	return what.carry || what.tell === 'changes' || typeof what.tell === 'object' || runsAlone({ what });
}

/** runsAlone says whether a due time is left out while a run still goes on. */
export function runsAlone({ what }: Pick<Schedule, 'what'>): boolean {
	return (what.overlap ?? (what.carry ? 'skip' : 'start')) === 'skip';
}

/** runsLeft is how many runs may still be begun; undefined where there is no end. */
export function runsLeft({ rule, runs }: Pick<Schedule, 'rule' | 'runs'>): number | undefined {
	return rule.maxRuns === undefined ? undefined : Math.max(0, rule.maxRuns - runs);
}
