import { setTimeout as wait } from 'node:timers/promises';
import { temporaryFolder } from '../services/temporary-folder.ts';
import { readTaskFile, writeTaskFile } from './task-file.ts';
import { openStdio, type StdioProgram } from './tool-client.ts';

/** Kept is what became of changes that clients made at once. */
export interface Kept {
	/** Changes that stand in the file at the end. */
	readonly kept: number;
	/** Calls that were answered as done. */
	readonly answered: number;
	/** How often the file was looked at meanwhile, and how often it was not whole. */
	readonly looks: number;
	readonly broken: number;
	readonly ms: number;
}

/** So many tasks may be set to done, one call each. */
export const CHANGES = 100;
/** Each has a process of its own on the same project. */
export const CLIENTS = 4;
const LOOK_MS = 5;

/** changeAtOnce sets tasks of a small project to done, all at once, and reads afterwards which are. */
export async function changeAtOnce(program: StdioProgram): Promise<Kept> {
	const folder = temporaryFolder('backlog-changes');
	writeTaskFile(folder.path, { tasks: 2 * CHANGES });
	const clients = await Promise.all(Array.from({ length: CLIENTS }, () => openStdio(program, folder.path)));
	const watch = { on: true, looks: 0, broken: 0 };
	try {
		// The first call reads the project in.
		for (const client of clients) await client.call('next_task');
		const watching = lookOn(folder.path, watch);
		const ids = Array.from({ length: CHANGES }, (_, index) => CHANGES + 1 + index);
		const from = performance.now();
		const calls = ids.map((id, index) =>
			clients[index % CLIENTS]?.call('set_task_status', { id: String(id), status: 'done' }),
		);
		const settled = await Promise.allSettled(calls);
		const ms = performance.now() - from;
		watch.on = false;
		await watching;
		const done = new Set(
			readTaskFile(folder.path).flatMap(({ id, status }) => (status === 'done' ? [Number(id)] : [])),
		);
		return {
			kept: ids.filter((id) => done.has(id)).length,
			answered: settled.filter(({ status }) => status === 'fulfilled').length,
			looks: watch.looks,
			broken: watch.broken,
			ms,
		};
	} finally {
		await Promise.all(clients.map((client) => client.close()));
		folder.remove();
	}
}

async function lookOn(folder: string, watch: { on: boolean; looks: number; broken: number }): Promise<void> {
	while (watch.on) {
		watch.looks += 1;
		try {
			readTaskFile(folder);
		} catch {
			watch.broken += 1;
		}
		await wait(LOOK_MS);
	}
}
