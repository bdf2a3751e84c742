import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** FiledTask is a task as tasks.json has it, as far as the bench looks. */
export interface FiledTask {
	readonly id: number;
	readonly status: string;
	readonly dependencies: readonly number[];
}

/** TaskFileSize says how many tasks there are, and whether they form chains of ten or each waits for twelve earlier ones. */
export interface TaskFileSize {
	readonly tasks: number;
	readonly dense?: boolean;
}

const CHAIN = 10;
const EDGES = 12;

/** writeTaskFile gives a folder a tasks.json as task-master-ai writes it; the first half of the tasks is done. */
export function writeTaskFile(folder: string, { tasks, dense = false }: TaskFileSize): void {
	const list = Array.from({ length: tasks }, (_, index) => task(index + 1, { tasks, dense }));
	const when = '2026-01-01T00:00:00.000Z';
	const master = { tasks: list, metadata: { created: when, updated: when, description: 'Tasks of the bench' } };
	mkdirSync(join(folder, '.taskmaster/tasks'), { recursive: true });
	writeFileSync(pathOf(folder), JSON.stringify({ master }, undefined, 2));
}

/** readTaskFile reads it back; throws while it is no JSON. */
export function readTaskFile(folder: string): readonly FiledTask[] {
	const file = JSON.parse(readFileSync(pathOf(folder), 'utf8')) as { master: { tasks: readonly FiledTask[] } };
	return file.master.tasks;
}

/** A task that `id` may be made to wait for: an earlier one, and another each `turn`. */
export function furtherDependency(id: number, turn: number): number {
	return 1 + ((id * 7 + turn * 31) % (id - 1));
}

function pathOf(folder: string): string {
	return join(folder, '.taskmaster/tasks/tasks.json');
}

function task(id: number, { tasks, dense }: Required<TaskFileSize>) {
	const chained = id % CHAIN === 1 ? [] : [id - 1];
	// Strides that grow: near ones and far ones.
	const woven = Array.from({ length: EDGES }, (_, turn) => id - (1 + turn * (turn + 1)));
	return {
		id,
		title: `Task ${id}: build part ${id % 97} of the shop`,
		description: `What part ${id % 97} does for people who buy, and what it leaves to the others.`,
		details: `It reads what part ${id % 89} wrote, checks it and hands it on. Mistakes are told, not thrown.`,
		testStrategy: 'Its own tests, and one with both neighbours.',
		status: id <= tasks / 2 ? 'done' : 'pending',
		priority: ['high', 'medium', 'low'][id % 3],
		dependencies: (dense ? woven : chained).filter((one) => one > 0),
		subtasks: [],
	};
}
