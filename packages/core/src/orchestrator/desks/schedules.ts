import type { ConversationId, ScheduleId, TaskId } from '../../domain/ids.ts';
import type { ScheduleRule, ScheduleWhat } from '../../domain/schedule/schedule.ts';
import type { Principal } from './desk.ts';

/** DigestView is what runs found and the next digest will tell. */
export interface DigestView {
	/** When digests are sent, in words. */
	readonly words: string;
	/** When the next one is sent, or would be if something is found by then; undefined where none comes any more. */
	readonly next?: number | undefined;
	/** How many runs it tells of so far, those among them that are not listed. */
	readonly runs: number;
	/** The latest of them, newest first, shortened. */
	readonly held: readonly {
		readonly task: TaskId;
		readonly at: number;
		readonly outcome: string;
		readonly changed?: boolean | undefined;
		readonly text: string;
	}[];
}

/** ScheduleView is a schedule as lists show it. Times are ms since 1970. */
export interface ScheduleView {
	readonly id: ScheduleId;
	/** Its number for this person: `/schedules pause 2`. */
	readonly number: number;
	readonly title: string;
	readonly rule: ScheduleRule;
	/** The rule in words: `every weekday at 07:00 (Europe/Berlin)`. */
	readonly words: string;
	readonly what: ScheduleWhat;
	readonly conversation?: ConversationId | undefined;
	readonly status: 'active' | 'paused' | 'ended';
	/** Where Errand paused it, why. */
	readonly pausedBecause?: string | undefined;
	/** The next times it falls due, at most as many as asked for. */
	readonly next: readonly number[];
	readonly last?:
		| { readonly due: number; readonly task?: TaskId | undefined; readonly outcome?: string | undefined }
		| undefined;
	readonly runs: number;
	readonly missed: number;
	/** Where what runs find is told at once. */
	readonly digest?: DigestView | undefined;
	readonly createdAt: number;
	readonly version: number;
}

/** PersonalZone is the time zone in which somebody's words are meant; `said` where they told it, else it is the server's. */
export interface PersonalZone {
	readonly timeZone: string;
	readonly said: boolean;
}

/** ScheduleRequest asks for a schedule; `when` is a rule, or words that are read as one. */
export interface ScheduleRequest {
	readonly title?: string | undefined;
	readonly when: ScheduleRule | string;
	readonly what: ScheduleWhat;
	/** IANA name; the person's own where left out. */
	readonly timeZone?: string | undefined;
	readonly conversation?: ConversationId | undefined;
	readonly idempotencyKey?: string | undefined;
	readonly origins?: readonly string[] | undefined;
	/** A step of a task sets it up, and nobody may be looking. */
	readonly byStep?: boolean | undefined;
}

/**
 * IScheduleDesk is everything a caller may do with their schedules; `id` is one's id or its number. Refusals are CoreErrors: `unknown-schedule`, `invalid-input`
 * (with what was understood), `conflict`.
 */
export interface IScheduleDesk {
	create(principal: Principal, request: ScheduleRequest): Promise<ScheduleView>;
	/** Own ones, newest first; `next` says how many due times to tell. */
	list(principal: Principal, options?: { next?: number | undefined }): Promise<readonly ScheduleView[]>;
	view(principal: Principal, id: string, options?: { next?: number | undefined }): Promise<ScheduleView>;
	change(
		principal: Principal,
		id: string,
		change: Partial<Pick<ScheduleRequest, 'title' | 'when' | 'what' | 'timeZone' | 'conversation'>>,
	): Promise<ScheduleView>;
	pause(principal: Principal, id: string): Promise<void>;
	resume(principal: Principal, id: string): Promise<void>;
	remove(principal: Principal, id: string): Promise<void>;
	/** Has it run now, besides its times; undefined where it only says something. */
	runNow(principal: Principal, id: string): Promise<TaskId | undefined>;
	/** Splits a sentence into its words about time, as a rule, and the rest. */
	read(principal: Principal, words: string): Promise<{ when: ScheduleRule; rest: string }>;
	/** What words about time mean, and the next times, without keeping anything. */
	preview(
		principal: Principal,
		when: ScheduleRule | string,
		timeZone?: string,
	): Promise<{ rule: ScheduleRule; words: string; next: readonly number[] }>;
	zone(principal: Principal): Promise<PersonalZone>;
}
