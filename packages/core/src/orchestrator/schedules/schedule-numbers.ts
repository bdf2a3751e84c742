import { asScheduleId, type PersonId, type ScheduleId, scheduleStream } from '../../domain/ids.ts';
import type { IStreamIndex } from '../../ports/event-store.ts';

/** Every stream of a schedule begins so. */
export const SCHEDULE_PREFIX = 'schedule-';

const PAGE = 500;

/** ScheduleNumbers knows schedules as people call them: a person's second schedule is 2 on every frontend, for good. */
export class ScheduleNumbers {
	readonly #index: IStreamIndex;

	constructor(index: IStreamIndex) {
		this.#index = index;
	}

	numberOf(person: PersonId, schedule: ScheduleId): Promise<number> {
		return this.#index.count({ prefix: SCHEDULE_PREFIX, person, upTo: scheduleStream(schedule) });
	}

	async find(person: PersonId, number: number): Promise<ScheduleId | undefined> {
		const stream = await this.#index.nth({ prefix: SCHEDULE_PREFIX, person, number });
		return stream === undefined ? undefined : asScheduleId(stream.slice(SCHEDULE_PREFIX.length));
	}

	/** Those that were not removed, newest first, with their numbers. */
	async of(person: PersonId): Promise<{ readonly number: number; readonly id: ScheduleId; readonly over: boolean }[]> {
		const found: { number: number; id: ScheduleId; over: boolean }[] = [];
		let before: number | undefined;
		let number = await this.#index.count({ prefix: SCHEDULE_PREFIX, person });
		do {
			const rows = await this.#index.list({ prefix: SCHEDULE_PREFIX, person, before, limit: PAGE });
			for (const { stream, summary } of rows) {
				if (summary['removed'] !== true) {
					const id = asScheduleId(stream.slice(SCHEDULE_PREFIX.length));
					found.push({ number, id, over: summary['over'] === true });
				}
				number -= 1;
			}
			before = rows.length === PAGE ? rows.at(-1)?.position : undefined;
		} while (before !== undefined);
		return found;
	}
}
