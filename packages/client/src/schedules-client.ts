import type { Call, CallOptions, Connection } from './connection.ts';
import type { Json } from './task.ts';

/** ScheduleRule says when, as the server reckons it; words say the same in most cases. */
export interface ScheduleRule {
	readonly timing:
		| { readonly kind: 'cron'; readonly cron: string }
		| { readonly kind: 'every'; readonly everyMs: number; readonly from?: number }
		| { readonly kind: 'once'; readonly at: number };
	/** IANA name. */
	readonly timeZone: string;
	readonly jitterMs?: number;
	readonly catchUp?: 'skip' | 'once' | 'all';
	readonly notBefore?: number;
	readonly notAfter?: number;
	readonly maxRuns?: number;
}

/** ScheduleWhat is what happens at each due time, and of which runs you hear. */
export interface ScheduleWhat {
	readonly do:
		| { readonly kind: 'goal'; readonly goal: string }
		| { readonly kind: 'workflow'; readonly name: string; readonly input?: Json }
		| { readonly kind: 'remind'; readonly text: string };
	readonly tell?: 'each' | 'changes' | 'never' | { readonly digest: string };
	readonly carry?: boolean;
	readonly overlap?: 'start' | 'skip';
}

/** NewSchedule is what a schedule is set up with; `when` may be words: `every weekday at 7`. */
export interface NewSchedule {
	readonly when: string | ScheduleRule;
	readonly what: ScheduleWhat;
	readonly title?: string;
	readonly timeZone?: string;
	readonly conversation?: string;
}

/** ScheduleDigest is what runs found and the next digest will tell. */
export interface ScheduleDigest {
	readonly words: string;
	readonly next?: number;
	/** How many runs it tells of so far; `held` are the latest of them. */
	readonly runs: number;
	readonly held: readonly {
		readonly task: string;
		readonly at: number;
		readonly outcome: string;
		readonly changed?: boolean;
		readonly text: string;
	}[];
}

/** Schedule is one of your schedules; times are ms since 1970. */
export interface Schedule {
	readonly id: string;
	readonly number: number;
	readonly title: string;
	readonly rule: ScheduleRule;
	readonly words: string;
	readonly what: ScheduleWhat;
	readonly conversation?: string;
	readonly status: 'active' | 'paused' | 'ended';
	readonly pausedBecause?: string;
	readonly next: readonly number[];
	readonly last?: { readonly due: number; readonly task?: string; readonly outcome?: string };
	readonly runs: number;
	readonly missed: number;
	/** What the next digest will tell, where what runs find is told at once. */
	readonly digest?: ScheduleDigest;
	readonly createdAt: number;
	readonly version: number;
}

/** SchedulesClient calls what is about schedules; each `id` is one's id or its number. */
export class SchedulesClient {
	readonly #connection: Connection;

	constructor(connection: Connection) {
		this.#connection = connection;
	}

	create(schedule: NewSchedule, options: CallOptions = {}): Promise<Schedule> {
		const headers = { 'Idempotency-Key': globalThis.crypto.randomUUID() };
		return this.#connection.json({ ...callOf('POST', '', options), body: schedule, headers, safe: true });
	}

	/** Newest first. */
	async list(options: CallOptions = {}): Promise<Schedule[]> {
		const { schedules } = await this.#connection.json<{ schedules: Schedule[] }>(callOf('GET', '', options));
		return schedules;
	}

	get(id: string | number, options: CallOptions = {}): Promise<Schedule> {
		return this.#connection.json(callOf('GET', pathOf(id), options));
	}

	change(id: string | number, change: Partial<NewSchedule>, options: CallOptions = {}): Promise<Schedule> {
		return this.#connection.json({ ...callOf('PATCH', pathOf(id), options), body: change });
	}

	pause(id: string | number, options: CallOptions = {}): Promise<Schedule> {
		return this.#connection.json(callOf('POST', `${pathOf(id)}/pause`, options));
	}

	resume(id: string | number, options: CallOptions = {}): Promise<Schedule> {
		return this.#connection.json(callOf('POST', `${pathOf(id)}/resume`, options));
	}

	/** Has it run now, besides its times; without a task where it only says something. */
	run(id: string | number, options: CallOptions = {}): Promise<{ task?: string }> {
		return this.#connection.json(callOf('POST', `${pathOf(id)}/run`, options));
	}

	async remove(id: string | number, options: CallOptions = {}): Promise<void> {
		await this.#connection.open(callOf('DELETE', pathOf(id), options));
	}

	/** What words about time mean, and the next times, without keeping anything. */
	preview(
		when: string | ScheduleRule,
		{ timeZone, ...options }: CallOptions & { readonly timeZone?: string } = {},
	): Promise<{ rule: ScheduleRule; words: string; next: number[] }> {
		const zone = timeZone === undefined ? {} : { timeZone };
		return this.#connection.json({ ...callOf('POST', '/preview', options), body: { when, ...zone } });
	}
}

function pathOf(id: string | number): string {
	return `/${encodeURIComponent(id)}`;
}

function callOf(method: Call['method'], path: string, options: CallOptions): Call {
	return { method, path: `/v1/schedules${path}`, ...(method === 'GET' ? { safe: true } : {}), ...options };
}
