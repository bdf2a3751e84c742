import type { ConversationId, PersonId, ScheduleId, TaskId } from '../ids.ts';
import type { Json } from '../json.ts';
import type { ScheduleRule, ScheduleWhat } from './schedule.ts';

/** NextDue is a due time and when it is carried out: later by the rule's jitter. */
export interface NextDue {
	readonly due: number;
	readonly at: number;
}

/** SkipCause says why due times had no run: nothing ran then, one run was made for all, too many were missed, or a run still went on. */
export type DueSkipCause = 'missed' | 'caught-up' | 'too-many' | 'still-running';

/** SkippedDues are due times without a run: how many (`more` where they were not all counted), from the first to the last. */
export interface SkippedDues {
	readonly from: number;
	readonly to: number;
	readonly count: number;
	readonly more?: boolean | undefined;
	readonly why: DueSkipCause;
}

/** SchedulePauseCause says who stopped it: the person, or Errand because they may not have it run any more. */
export type SchedulePauseCause = 'person' | 'no-person' | 'not-allowed' | 'refused';

/** RunOutcome is how a run ended. */
export type RunOutcome = 'done' | 'failed' | 'cancelled';

/** Digest is when what runs gave is told at once: the rule, in words as it was given. */
export interface Digest {
	readonly words: string;
	readonly rule: ScheduleRule;
}

/** ScheduleDefinition is what a person may change about a schedule. */
export interface ScheduleDefinition {
	readonly title: string;
	readonly rule: ScheduleRule;
	readonly what: ScheduleWhat;
	readonly conversation?: ConversationId | undefined;
	readonly digest?: Digest | undefined;
	/** Where the words come from that it was set up with, where they are not the person's own. */
	readonly origins?: readonly string[] | undefined;
}

interface ScheduleFactData {
	ScheduleCreated: ScheduleDefinition & {
		readonly scheduleId: ScheduleId;
		readonly person: PersonId;
		readonly next?: NextDue | undefined;
	};
	ScheduleChanged: ScheduleDefinition & { readonly next?: NextDue | undefined };
	SchedulePaused: { readonly cause: SchedulePauseCause; readonly message?: string | undefined };
	ScheduleResumed: { readonly next?: NextDue | undefined };
	ScheduleRemoved: Readonly<Record<never, never>>;
	/** Due times passed while nothing ran: these are carried out now, one after the other. `next` left out: none. */
	DuesQueued: { readonly dues: readonly number[]; readonly next?: NextDue | undefined };
	DuesSkipped: SkippedDues & { readonly next?: NextDue | undefined };
	/** `queued`: it was one of those queued, or begun as the schedule was stopped, so that `next` stays as it is. `task` is left out where something is only said. */
	ScheduleFired: {
		readonly due: number;
		readonly task?: TaskId | undefined;
		readonly queued?: boolean | undefined;
		readonly next?: NextDue | undefined;
	};
	/** A run besides the due times. */
	ScheduleRunNow: { readonly task?: TaskId | undefined };
	RunNoted: {
		readonly task: TaskId;
		readonly outcome: RunOutcome;
		readonly text: string;
		/** What its result says; undefined where it says nothing of it. */
		readonly changed?: boolean | undefined;
		/** Given to the next run. */
		readonly keep?: Json | undefined;
		readonly keepOrigins?: readonly string[] | undefined;
		/** When the digest is sent that it goes into. */
		readonly digestAt?: number | undefined;
	};
	RunTold: { readonly task: TaskId };
	/** Everything that was noted before `at` has been told. */
	DigestSent: { readonly at: number; readonly next?: number | undefined };
}

export type ScheduleFactType = keyof ScheduleFactData;
/** ScheduleFact is one thing that happened to a schedule: a past-tense type and its data. */
export type ScheduleFact = {
	[T in ScheduleFactType]: { readonly type: T; readonly v: 1; readonly data: ScheduleFactData[T] };
}[ScheduleFactType];
/** RecordedScheduleFact is a schedule's fact with its place in the stream (`seq` from 1, no gaps) and its time (ms since 1970). */
export type RecordedScheduleFact = ScheduleFact & { readonly seq: number; readonly at: number };

/** scheduleFact builds a fact of the current version. */
export function scheduleFact<T extends ScheduleFactType>(
	type: T,
	data: ScheduleFactData[T],
): Extract<ScheduleFact, { type: T }> {
	return { type, v: 1, data } as unknown as Extract<ScheduleFact, { type: T }>;
}
