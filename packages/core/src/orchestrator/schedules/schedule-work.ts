import { type ErrorCode, isCoreError } from '../../domain/errors.ts';
import { type PersonId, scheduleStream, type TaskId } from '../../domain/ids.ts';
import type { ScheduleCommand } from '../../domain/schedule/commands.ts';
import type { SchedulePauseCause } from '../../domain/schedule/facts.ts';
import type { ScheduleWork } from '../../domain/schedule/pending-schedule-work.ts';
import { type NextDue, type NotedRun, runsAlone, runsLeft, type Schedule } from '../../domain/schedule/state.ts';
import type { Question } from '../../domain/task/question.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IScheduleTimes } from '../../ports/schedule-times.ts';
import type { BeginningsFirst } from '../commands/beginnings-first.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { ITaskDesk, Principal } from '../desks/desk.ts';
import type { IWorkflowDesk } from '../desks/workflows.ts';
import { followToEnd } from './follow-to-end.ts';
import { runEnd } from './run-end.ts';
import { ScheduleDigests } from './schedule-digests.ts';
import type { ScheduleNumbers } from './schedule-numbers.ts';
import { newsText, pausedText, questionText } from './schedule-words.ts';

/** ScheduleNotice is something a schedule tells its person: in its conversation, and where they want to be told. */
export interface ScheduleNotice {
	/** The same for every try to tell it. */
	readonly key: string;
	readonly person: PersonId;
	readonly conversation?: Schedule['conversation'];
	/** Markdown. */
	readonly text: string;
}

/** SchedulePowers is what due schedules set to work. */
export interface SchedulePowers {
	readonly tasks: Pick<ITaskDesk, 'submit' | 'view' | 'follow'>;
	readonly workflows: Pick<IWorkflowDesk, 'run'>;
	/** Tells it once, however often it is called. */
	readonly tell: (notice: ScheduleNotice) => Promise<void>;
	/** Undefined where there is no such person any more. */
	readonly roleOf: (person: PersonId) => Promise<Principal['role'] | undefined>;
}

interface Dependencies extends SchedulePowers {
	readonly schedules: Pick<CommandHandler<Schedule, ScheduleCommand, never>, 'handle' | 'latest'>;
	readonly numbers: ScheduleNumbers;
	readonly times: () => Promise<IScheduleTimes>;
	readonly beginnings: Pick<BeginningsFirst, 'begin'>;
	readonly clock: IClock;
}

/** What no later try puts right: the person has to see to it. */
const REFUSALS: readonly ErrorCode[] = [
	'unknown-workflow',
	'invalid-workflow',
	'invalid-input',
	'invalid-plan',
	'unknown-capability',
	'empty-goal',
	'too-large',
	'forbidden',
	'not-found',
	'not-possible',
];

/** ScheduleWorker carries out what schedules are owed; every result comes back as a command. */
export class ScheduleWorker {
	readonly #deps: Dependencies;
	readonly #digests: ScheduleDigests;
	readonly #following = new Map<TaskId, AbortController>();

	constructor(deps: Dependencies) {
		this.#deps = deps;
		this.#digests = new ScheduleDigests(deps);
	}

	async carryOut(work: ScheduleWork, schedule: Schedule): Promise<void> {
		const { beginnings } = this.#deps;
		switch (work.kind) {
			case 'due':
				return beginnings.begin(() => this.#due(schedule, work.next));
			case 'fire':
				return beginnings.begin(() => this.#fire(schedule, { due: work.due, next: undefined }));
			case 'follow':
				return this.#follow(schedule, work.task);
			case 'tell':
				return this.#tellNews(schedule, work.run);
			case 'digest':
				return this.#digests.send(schedule, work.at);
			case 'wait':
		}
	}

	/** A run that matters no more is not followed any longer. */
	dropped(work: ScheduleWork): void {
		if (work.kind === 'follow') this.#following.get(work.task)?.abort();
	}

	stop(): void {
		for (const following of this.#following.values()) following.abort();
	}

	/** Has it run besides its times. */
	async runNow(principal: Principal, schedule: Schedule): Promise<TaskId | undefined> {
		const at = this.#deps.clock.now();
		const task = await this.#begin(principal, schedule, { key: `now-${at}` });
		await this.#record(schedule, { type: 'RecordRunNow', at, ...(task === undefined ? {} : { task }) });
		return task;
	}

	async #due(schedule: Schedule, next: NextDue): Promise<void> {
		const { clock } = this.#deps;
		const times = await this.#deps.times();
		const { id, rule } = schedule;
		const now = clock.now();
		const firing = times.firing({ id, rule, next, now, left: runsLeft(schedule) });
		const catchUp = { type: 'CatchUp', at: now, due: next.due, next: firing.next } as const;
		if (runsAlone(schedule) && schedule.running.length > 0) {
			const { fire, skipped } = firing;
			const [from = next.due] = fire;
			const still = { from, to: fire.at(-1) ?? from, count: fire.length, why: 'still-running' } as const;
			const left = fire.length === 0 ? skipped : [...skipped, still];
			return this.#record(schedule, { ...catchUp, fire: [], skipped: left });
		}
		if (firing.late) {
			// Written down first: whoever goes on after a crash begins the very same runs.
			return this.#record(schedule, { ...catchUp, fire: firing.fire, skipped: firing.skipped });
		}
		return this.#fire(schedule, { due: next.due, next: firing.next });
	}

	async #fire(
		schedule: Schedule,
		{ due, next }: { readonly due: number; readonly next: NextDue | undefined },
	): Promise<void> {
		const { person } = schedule;
		const role = await this.#deps.roleOf(person);
		if (role === undefined) return this.#pause(schedule, { due, cause: 'no-person' });
		if (role === 'guest') {
			return this.#pause(schedule, { due, cause: 'not-allowed', why: 'guests may not have schedules.' });
		}
		try {
			const task = await this.#begin({ person, role }, schedule, { key: String(due), unhurried: true });
			const run = { due, next, ...(task === undefined ? {} : { task }) };
			await this.#record(schedule, { type: 'RecordFired', at: this.#deps.clock.now(), ...run });
		} catch (error) {
			if (!isCoreError(error) || !REFUSALS.includes(error.code)) throw error;
			await this.#pause(schedule, { due, cause: 'refused', why: `${error.message} ${error.hint}` });
		}
	}

	/** The same due time is begun once, however often this is called: the key holds for the whole store. */
	async #begin(
		principal: Principal,
		schedule: Schedule,
		{ key, unhurried }: { readonly key: string; readonly unhurried?: true },
	): Promise<TaskId | undefined> {
		const { tasks, workflows, tell } = this.#deps;
		const { id, person, what, title, conversation, origins, keep, keepOrigins } = schedule;
		const heard = what.tell === 'each' && conversation !== undefined ? { conversation } : {};
		const request = {
			idempotencyKey: `schedule/${id}/${key}`,
			unhurried,
			...heard,
			...(origins === undefined ? {} : { origins }),
		};
		switch (what.do.kind) {
			case 'remind':
				if (what.tell !== 'never') await tell({ ...noticeOf(schedule, key), text: what.do.text });
				return undefined;
			case 'goal':
				return (await tasks.submit(principal, { ...request, goal: what.do.goal })).id;
			case 'workflow': {
				const { name, input } = what.do;
				const kept = what.carry ? { kept: keep ?? null, keptOrigins: keepOrigins } : {};
				return (await workflows.run({ ...principal, person }, { ...request, name, input, goal: title, ...kept })).id;
			}
		}
	}

	async #pause(
		schedule: Schedule,
		{ due, cause, why }: { readonly due: number; readonly cause: SchedulePauseCause; readonly why?: string },
	): Promise<void> {
		if (why !== undefined) {
			const text = pausedText(schedule, await this.#numberOf(schedule), why);
			await this.#deps.tell({ ...noticeOf(schedule, `paused.${due}`), text });
		}
		const message = why === undefined ? {} : { message: why };
		await this.#record(schedule, { type: 'PauseSchedule', at: this.#deps.clock.now(), cause, ...message });
	}

	/** Resolves once the run has ended and that is noted, or nobody wants to know any more. */
	async #follow(schedule: Schedule, task: TaskId): Promise<void> {
		const wanted = new AbortController();
		this.#following.set(task, wanted);
		const principal: Principal = { person: schedule.person, role: 'member' };
		try {
			const silent = schedule.what.tell !== 'each' || schedule.conversation === undefined;
			const view = await followToEnd(this.#deps.tasks, principal, {
				task,
				signal: wanted.signal,
				asked: (question) => (silent ? this.#tellQuestion(schedule, question) : Promise.resolve()),
			});
			const end = view === undefined ? undefined : runEnd(schedule, view);
			if (end !== undefined) await this.#note(schedule, task, end);
		} catch (error) {
			if (!isCoreError(error, 'unknown-task')) throw error;
			await this.#note(schedule, task, { outcome: 'cancelled', text: '' });
		} finally {
			if (this.#following.get(task) === wanted) this.#following.delete(task);
		}
	}

	async #note(schedule: Schedule, task: TaskId, end: NonNullable<ReturnType<typeof runEnd>>): Promise<void> {
		const at = this.#deps.clock.now();
		const digestAt =
			schedule.digest === undefined ? undefined : (await this.#deps.times()).nextDue(schedule.digest.rule, at);
		const sent = digestAt === undefined ? {} : { digestAt };
		await this.#record(schedule, { type: 'NoteRun', at, task, ...end, ...sent });
	}

	async #tellNews(schedule: Schedule, run: NotedRun): Promise<void> {
		const text = newsText(schedule, await this.#numberOf(schedule), run);
		await this.#deps.tell({ ...noticeOf(schedule, `run.${run.task}`), text });
		await this.#record(schedule, { type: 'RecordTold', at: this.#deps.clock.now(), task: run.task });
	}

	async #tellQuestion(schedule: Schedule, { id, text }: Question): Promise<void> {
		const words = questionText(schedule, await this.#numberOf(schedule), text);
		await this.#deps.tell({ ...noticeOf(schedule, `question.${id}`), text: words });
	}

	#numberOf({ person, id }: Schedule): Promise<number> {
		return this.#deps.numbers.numberOf(person, id);
	}

	async #record({ id }: Schedule, command: ScheduleCommand): Promise<void> {
		await this.#deps.schedules.handle(scheduleStream(id), command);
	}
}

function noticeOf({ id, person, conversation }: Schedule, what: string): Omit<ScheduleNotice, 'text'> {
	return { key: `schedule.${id}.${what}`, person, ...(conversation === undefined ? {} : { conversation }) };
}
