import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreError } from '@errand/core/domain/errors.ts';
import { asTaskId, type TaskId } from '@errand/core/domain/ids.ts';
import type { ISessionPool } from '@errand/core/ports/session-pool.ts';

/** Workspaces gives each task a folder of its own, made when a step first needs it and removed when the task ends. */
export class Workspaces implements ISessionPool {
	readonly #root: string;

	constructor(dataDir: string) {
		this.#root = join(dataDir, 'workspaces');
	}

	/** The absolute path of the task's folder, which exists. */
	async open(task: TaskId): Promise<string> {
		const path = this.#pathOf(task);
		await mkdir(path, { recursive: true, mode: 0o700 });
		return path;
	}

	async closeAll(task: TaskId): Promise<void> {
		await rm(this.#pathOf(task), { recursive: true, force: true });
	}

	/** Removes the folders of tasks that are no longer open: what a crash left behind. Returns how many. */
	async sweep(isOpen: (task: TaskId) => Promise<boolean>): Promise<number> {
		let removed = 0;
		for (const name of await this.#folders()) {
			const task = asTaskId(name);
			if (!isFolderName(name) || (await isOpen(task))) continue;
			await this.closeAll(task);
			removed++;
		}
		return removed;
	}

	async #folders(): Promise<string[]> {
		try {
			return await readdir(this.#root);
		} catch (error) {
			if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
			throw error;
		}
	}

	#pathOf(task: TaskId): string {
		if (isFolderName(task)) return join(this.#root, task);
		throw new CoreError('unknown-task', `"${task}" cannot name a workspace.`, { hint: 'Name a task by its id.' });
	}
}

/** An id that names exactly one folder inside the root. */
function isFolderName(id: string): boolean {
	return /^[A-Za-z0-9_-]{1,200}$/.test(id);
}
