import { asTaskId, type PersonId, type TaskId, taskStream } from '../../domain/ids.ts';
import type { IStreamIndex } from '../../ports/event-store.ts';

const PREFIX = 'task-';

/** TaskNumbers knows tasks as people call them: a person's third task is 3 on every frontend, for good. */
export class TaskNumbers {
	readonly #index: IStreamIndex;

	constructor(index: IStreamIndex) {
		this.#index = index;
	}

	numberOf(person: PersonId, task: TaskId): Promise<number> {
		return this.#index.count({ prefix: PREFIX, person, upTo: taskStream(task) });
	}

	async find(person: PersonId, number: number): Promise<TaskId | undefined> {
		const stream = await this.#index.nth({ prefix: PREFIX, person, number });
		return stream === undefined ? undefined : asTaskId(stream.slice(PREFIX.length));
	}

	/** The latest ones, newest first. */
	async latest(person: PersonId, limit: number): Promise<{ number: number; id: TaskId }[]> {
		const rows = await this.#index.list({ prefix: PREFIX, person, limit });
		const [newest] = rows;
		if (newest === undefined) return [];
		const last = await this.#index.count({ prefix: PREFIX, person, upTo: newest.stream });
		return rows.map(({ stream }, place) => ({ number: last - place, id: asTaskId(stream.slice(PREFIX.length)) }));
	}
}
