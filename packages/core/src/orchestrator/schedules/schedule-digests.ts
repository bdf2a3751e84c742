import { scheduleStream } from '../../domain/ids.ts';
import type { ScheduleCommand } from '../../domain/schedule/commands.ts';
import type { Schedule } from '../../domain/schedule/state.ts';
import type { IClock } from '../../ports/clock.ts';
import type { IScheduleTimes } from '../../ports/schedule-times.ts';
import type { CommandHandler } from '../commands/handle-command.ts';
import type { ScheduleNumbers } from './schedule-numbers.ts';
import { type DigestPart, digestText } from './schedule-words.ts';
import type { ScheduleNotice } from './schedule-work.ts';

interface Dependencies {
	readonly schedules: Pick<CommandHandler<Schedule, ScheduleCommand, never>, 'handle' | 'latest'>;
	readonly numbers: ScheduleNumbers;
	readonly times: () => Promise<IScheduleTimes>;
	readonly tell: (notice: ScheduleNotice) => Promise<void>;
	readonly clock: IClock;
}

/** ScheduleDigests tell what runs of a while gave: all schedules of a person whose digests fall due together, in one message. */
export class ScheduleDigests {
	readonly #deps: Dependencies;
	readonly #sending = new Map<string, Promise<void>>();

	constructor(deps: Dependencies) {
		this.#deps = deps;
	}

	/** Resolves once the digest of that time is told and written down; whichever of its schedules asks first, it is told once. */
	async send(schedule: Schedule, digestAt: number): Promise<void> {
		const together = `${schedule.person}/${schedule.conversation ?? ''}/${digestAt}`;
		const sending = this.#sending.get(together) ?? this.#send(schedule, digestAt);
		this.#sending.set(together, sending);
		try {
			await sending;
		} finally {
			if (this.#sending.get(together) === sending) this.#sending.delete(together);
		}
		// It may have come to be due only after the others were looked up.
		if (await this.#isOwed(schedule, digestAt)) await this.#send(schedule, digestAt);
	}

	async #send(schedule: Schedule, digestAt: number): Promise<void> {
		const due = await this.#dueWith(schedule, digestAt);
		const [lead] = due;
		if (lead === undefined) return;
		const { person, conversation } = schedule;
		const parts = due.map(({ schedule: one, number }) => partOf(one, number, digestAt));
		const place = conversation === undefined ? {} : { conversation };
		// The first of them gives the name, and is written down last: after a crash in between, the name is the same, and nothing is told twice.
		const key = `schedule.${lead.schedule.id}.digest.${digestAt}`;
		if (parts.some(({ runs }) => runs.length > 0)) {
			await this.#deps.tell({ key, person, ...place, text: digestText(parts.filter(({ runs }) => runs.length > 0)) });
		}
		for (const { schedule: one } of due.toReversed()) await this.#writeDown(one, digestAt);
	}

	/** Oldest first. */
	async #dueWith({ id, person, conversation }: Schedule, digestAt: number) {
		const due: { readonly schedule: Schedule; readonly number: number }[] = [];
		for (const { id: other, number } of await this.#deps.numbers.of(person)) {
			const schedule = await this.#deps.schedules.latest(scheduleStream(other));
			if (schedule === undefined || schedule.digestAt !== digestAt) continue;
			if (other === id || schedule.conversation === conversation) due.unshift({ schedule, number });
		}
		return due;
	}

	async #writeDown({ id, digest }: Schedule, digestAt: number): Promise<void> {
		const at = this.#deps.clock.now();
		const after = Math.max(at, digestAt);
		const next = digest === undefined ? undefined : (await this.#deps.times()).nextDue(digest.rule, after);
		await this.#deps.schedules.handle(scheduleStream(id), { type: 'RecordDigest', at, digestAt, next });
	}

	async #isOwed({ id }: Schedule, digestAt: number): Promise<boolean> {
		return (await this.#deps.schedules.latest(scheduleStream(id)))?.digestAt === digestAt;
	}
}

/** What is noted while it goes out belongs to the next one. */
function partOf({ title, collected, uncollected }: Schedule, number: number, digestAt: number): DigestPart {
	return { title, number, runs: collected.filter(({ at }) => at < digestAt), more: uncollected };
}
