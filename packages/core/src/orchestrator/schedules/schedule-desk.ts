import { createHash, randomBytes } from 'node:crypto';
import { CoreError } from '../../domain/errors.ts';
import { asScheduleId, type PersonId, type ScheduleId, scheduleStream, type TaskId } from '../../domain/ids.ts';
import { isTimeZone } from '../../domain/person/wall-time.ts';
import type { ScheduleCommand } from '../../domain/schedule/commands.ts';
import type { Digest, ScheduleDefinition } from '../../domain/schedule/facts.ts';
import { ScheduleRule, ScheduleWhat } from '../../domain/schedule/schedule.ts';
import type { Schedule } from '../../domain/schedule/state.ts';
import { shortened } from '../../domain/shortened.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IScheduleTimes } from '../../ports/schedule-times.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { Principal } from '../desks/desk.ts';
import type { IScheduleDesk, PersonalZone, ScheduleRequest, ScheduleView } from '../desks/schedules.ts';
import { refuseGuests } from '../people/refuse-guests.ts';
import type { ScheduleNumbers } from './schedule-numbers.ts';
import { viewSchedule } from './view-schedule.ts';

interface Dependencies {
	readonly schedules: Pick<CommandHandler<Schedule, ScheduleCommand, never>, 'handle' | 'begin' | 'latest'>;
	readonly numbers: ScheduleNumbers;
	/** Loaded when it is first needed. */
	readonly times: () => Promise<IScheduleTimes>;
	/** The time zone somebody lives in, as far as they have said. */
	readonly zoneOf: (person: PersonId) => Promise<string | undefined>;
	readonly runNow: (principal: Principal, schedule: Schedule) => Promise<TaskId | undefined>;
	readonly clock: IClock;
}

/** Bounds for those who are not the owner, and for what steps set up. */
const MAX_SCHEDULES = 100;
const SHORTEST_MS = 60_000;
const MAX_TITLE = 200;
const MAX_NEXT = 50;
const NOT_FOR_GUESTS = 'Guests may not set up schedules.';

/** ScheduleDesk lets people set up, see and steer their own schedules. */
export class ScheduleDesk implements IScheduleDesk {
	readonly #deps: Dependencies;

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	async create(principal: Principal, request: ScheduleRequest): Promise<ScheduleView> {
		refuseGuests(principal, NOT_FOR_GUESTS);
		const { person, role } = principal;
		const unbounded = role === 'owner' && request.byStep !== true;
		const definition = await this.#definition(unbounded ? principal : { person, role: 'member' }, request);
		const times = await this.#deps.times();
		const at = this.#now();
		const scheduleId = idFor(person, request.idempotencyKey, at);
		const next = times.next(definition.rule, scheduleId, at);
		if (next === undefined) throw neverDue(times.describe(definition.rule));
		if (!unbounded) await this.#refuseTooMany(person, scheduleId);
		const command: ScheduleCommand = { type: 'CreateSchedule', at, scheduleId, person, definition, next };
		const { schedules } = this.#deps;
		const handled =
			request.idempotencyKey === undefined
				? await schedules.begin(scheduleStream(scheduleId), command)
				: await schedules.handle(scheduleStream(scheduleId), command);
		return this.#shown(handled.state, 3);
	}

	async list({ person }: Principal, { next = 1 }: { next?: number | undefined } = {}): Promise<ScheduleView[]> {
		const numbered = await this.#deps.numbers.of(person);
		if (numbered.length === 0) return [];
		const [times, now] = [await this.#deps.times(), this.#now()];
		const views: ScheduleView[] = [];
		for (const { id, number } of numbered) {
			const schedule = await this.#deps.schedules.latest(scheduleStream(id));
			if (isThere(schedule)) views.push(viewSchedule(schedule, { number, next: Math.min(next, MAX_NEXT), times, now }));
		}
		return views;
	}

	async view(
		principal: Principal,
		id: string,
		{ next = 5 }: { next?: number | undefined } = {},
	): Promise<ScheduleView> {
		return this.#shown(await this.#own(principal, id), next);
	}

	async change(
		principal: Principal,
		id: string,
		change: Partial<Pick<ScheduleRequest, 'title' | 'when' | 'what' | 'timeZone' | 'conversation'>>,
	): Promise<ScheduleView> {
		refuseGuests(principal, NOT_FOR_GUESTS);
		const schedule = await this.#own(principal, id);
		const { title, rule, what, conversation, origins } = schedule;
		const definition = await this.#definition(principal, {
			title,
			what,
			when: rule,
			origins,
			...(conversation === undefined ? {} : { conversation }),
			...change,
		});
		const at = this.#now();
		const next = (await this.#deps.times()).next(definition.rule, schedule.id, at);
		const baseVersion = schedule.version;
		return this.#steer(schedule, { type: 'ChangeSchedule', at, baseVersion, definition, next });
	}

	async pause(principal: Principal, id: string): Promise<void> {
		const schedule = await this.#own(principal, id);
		await this.#steer(schedule, { type: 'PauseSchedule', at: this.#now(), cause: 'person' });
	}

	async resume(principal: Principal, id: string): Promise<void> {
		refuseGuests(principal, NOT_FOR_GUESTS);
		const schedule = await this.#own(principal, id);
		const at = this.#now();
		const next = (await this.#deps.times()).next(schedule.rule, schedule.id, at);
		await this.#steer(schedule, { type: 'ResumeSchedule', at, next });
	}

	async remove(principal: Principal, id: string): Promise<void> {
		const { id: schedule } = await this.#own(principal, id);
		await this.#deps.schedules.handle(scheduleStream(schedule), { type: 'RemoveSchedule', at: this.#now() });
	}

	async runNow(principal: Principal, id: string): Promise<TaskId | undefined> {
		refuseGuests(principal, NOT_FOR_GUESTS);
		return this.#deps.runNow(principal, await this.#own(principal, id));
	}

	async zone({ person }: Pick<Principal, 'person'>): Promise<PersonalZone> {
		const theirs = await this.#deps.zoneOf(person);
		if (theirs !== undefined) return { timeZone: theirs, said: true };
		return { timeZone: (await this.#deps.times()).timeZone, said: false };
	}

	async read({ person }: Principal, words: string): Promise<{ when: ScheduleRule; rest: string }> {
		const { timeZone } = await this.zone({ person });
		const read = await (await this.#deps.times()).parse(words, { timeZone, now: this.#now() });
		if (!read.ok) throw notRead(words, read.why);
		if (read.rest !== '') return { when: read.rule, rest: read.rest };
		throw new CoreError('invalid-input', `"${shortened(words, 120)}" says when, but not what.`, {
			hint: 'Write for example `/schedule every weekday at 7 | summarise the news`.',
		});
	}

	async preview(
		{ person }: Principal,
		when: ScheduleRule | string,
		timeZone?: string,
	): Promise<{ rule: ScheduleRule; words: string; next: readonly number[] }> {
		const rule = await this.#rule(person, when, timeZone);
		const times = await this.#deps.times();
		const next: number[] = [];
		for (let due = times.nextDue(rule, this.#now()); due !== undefined && next.length < 5; ) {
			next.push(due);
			due = times.nextDue(rule, due);
		}
		return { rule, words: times.describe(rule), next };
	}

	async #definition(principal: Principal, request: ScheduleRequest): Promise<ScheduleDefinition> {
		const { person } = principal;
		const { title, when, timeZone, conversation, origins } = request;
		const rule = await this.#rule(person, when, timeZone);
		await this.#checkGap(principal, rule);
		const what = await this.#what(request.what);
		const digest = await this.#digest(person, what, rule.timeZone);
		return {
			title: shortened((title ?? titleOf(what)).replace(/\s+/g, ' ').trim(), MAX_TITLE),
			rule,
			what,
			...(conversation === undefined ? {} : { conversation }),
			...(digest === undefined ? {} : { digest }),
			...(origins === undefined || origins.length === 0 ? {} : { origins }),
		};
	}

	/** A page is watched by what knows it from the time before; a goal that only says so would set up schedules at each due time. */
	async #what(given: ScheduleRequest['what']): Promise<ScheduleWhat> {
		const what = ScheduleWhat.parse(given);
		if (what.do.kind !== 'goal') return what;
		const watching = await (await this.#deps.times()).watching(what.do.goal);
		if (watching === undefined) return what;
		return what.tell === 'each' ? watching : { ...watching, tell: what.tell };
	}

	async #rule(person: PersonId, when: ScheduleRule | string, zone: string | undefined): Promise<ScheduleRule> {
		const timeZone = zone ?? (await this.zone({ person })).timeZone;
		if (!isTimeZone(timeZone)) throw noZone(timeZone);
		const times = await this.#deps.times();
		if (typeof when !== 'string') {
			const rule = ScheduleRule.parse(zone === undefined ? when : { ...when, timeZone: zone });
			const problem = times.problem(rule);
			if (problem !== undefined) throw notARule(problem);
			return rule;
		}
		const read = await times.parse(when, { timeZone, now: this.#now() });
		if (!read.ok) throw notRead(when, read.why);
		if (/[\p{L}\p{N}]/u.test(read.rest)) throw notRead(when, `"${shortened(read.rest, 60)}" says nothing about time`);
		return read.rule;
	}

	async #digest(person: PersonId, { tell }: ScheduleWhat, timeZone: string): Promise<Digest | undefined> {
		if (typeof tell !== 'object') return undefined;
		return { words: tell.digest, rule: await this.#rule(person, tell.digest, timeZone) };
	}

	async #checkGap({ role }: Principal, rule: ScheduleRule): Promise<void> {
		if (role === 'owner') return;
		const gap = (await this.#deps.times()).shortestGap(rule, this.#now());
		if (gap >= SHORTEST_MS) return;
		throw new CoreError('invalid-input', `That would run every ${Math.round(gap / 1_000)} s.`, {
			hint: 'Once a minute is the most often.',
		});
	}

	async #steer(schedule: Schedule, command: ScheduleCommand): Promise<ScheduleView> {
		const { state } = await this.#deps.schedules.handle(scheduleStream(schedule.id), command);
		return this.#shown(state, 5);
	}

	/** A schedule may have schedules set up by what it runs: without a bound, a few would become ever more. */
	async #refuseTooMany(person: PersonId, id: ScheduleId): Promise<void> {
		const known = await this.#deps.numbers.of(person);
		if (known.some((one) => one.id === id)) return;
		if (known.filter(({ over }) => !over).length >= MAX_SCHEDULES) throw tooMany();
	}

	/** The schedule by its id or its number, if it is the principal's own; to anyone else it does not exist. */
	async #own({ person }: Principal, id: string): Promise<Schedule> {
		const byNumber = /^#?(\d{1,9})$/.exec(id)?.[1];
		const found = byNumber === undefined ? asScheduleId(id) : await this.#deps.numbers.find(person, Number(byNumber));
		const schedule = found === undefined ? undefined : await this.#deps.schedules.latest(scheduleStream(found));
		if (isThere(schedule) && schedule.person === person) return schedule;
		throw unknown(id);
	}

	async #shown(schedule: Schedule | undefined, next: number): Promise<ScheduleView> {
		if (schedule === undefined) throw unknown('');
		const times = await this.#deps.times();
		const number = await this.#deps.numbers.numberOf(schedule.person, schedule.id);
		return viewSchedule(schedule, { number, next: Math.min(next, MAX_NEXT), times, now: this.#now() });
	}

	#now(): number {
		return this.#deps.clock.now();
	}
}

function isThere(schedule: Schedule | undefined): schedule is Schedule {
	return schedule !== undefined && schedule.status !== 'removed';
}

/** Ids begin with the time, so that new streams stand side by side in the store's index. The same key makes the same id: what is created with it is created once. */
function idFor(person: PersonId, key: string | undefined, now: number): ScheduleId {
	if (key === undefined) return asScheduleId(`s${now.toString(36).padStart(9, '0')}${randomBytes(8).toString('hex')}`);
	return asScheduleId(`k${createHash('sha256').update(`${person}/${key}`).digest('hex').slice(0, 24)}`);
}

function titleOf({ do: what }: ScheduleWhat): string {
	switch (what.kind) {
		case 'goal':
			return what.goal;
		case 'workflow':
			return what.name;
		case 'remind':
			return what.text;
	}
}

function unknown(id: string): CoreError {
	return new CoreError('unknown-schedule', `There is no schedule "${id.slice(0, 100)}" of yours.`, {
		hint: '`/schedules` or GET /v1/schedules lists yours.',
	});
}

function tooMany(): CoreError {
	return new CoreError('not-possible', `There are ${MAX_SCHEDULES} schedules of yours; no more can be added here.`, {
		hint: 'Remove one that is not needed any more.',
	});
}

function neverDue(words: string): CoreError {
	return new CoreError('invalid-input', `"${words}" never comes.`, { hint: 'Say a time that lies ahead.' });
}

function noZone(name: string): CoreError {
	return new CoreError('invalid-input', `"${name.slice(0, 64)}" is no time zone that is known here.`, {
		hint: 'Use a name such as Europe/Berlin, America/New_York or UTC.',
	});
}

function notARule(problem: string): CoreError {
	return new CoreError('invalid-input', `That is no time rule: ${problem}.`, { hint: EXAMPLES });
}

function notRead(when: string, why: string): CoreError {
	return new CoreError('invalid-input', `I cannot tell from "${shortened(when, 120)}" when that is: ${why}.`, {
		hint: EXAMPLES,
	});
}

const EXAMPLES = 'Write for example `every weekday at 7`, `every 15 minutes`, `tomorrow at 5pm` or a cron line.';
