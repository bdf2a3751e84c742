import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreError } from '@errand/core/domain/errors.ts';
import { asTaskId, type TaskId } from '@errand/core/domain/ids.ts';
import { type ISessionPool, REPLAY_MS } from '@errand/core/ports/session-pool.ts';

const LOOK_EVERY_MS = 3_600_000;

/**
 * Workspaces gives each task a folder of its own, made when a step first needs it and removed when the task ends. The folder of
 * a task that failed is put aside for as long as it may be replayed: steps that were done are not run again, so what they wrote must still be there.
 */
export class Workspaces implements ISessionPool {
	readonly #root: string;
	readonly #aside: string;
	readonly #now: () => number;
	#lookedAt = Number.NEGATIVE_INFINITY;

	constructor(dataDir: string, now: () => number = Date.now) {
		this.#root = join(dataDir, 'workspaces');
		this.#aside = join(dataDir, 'workspaces-of-failed');
		this.#now = now;
	}

	/** The absolute path of the task's folder, which exists. */
	async open(task: TaskId): Promise<string> {
		const path = pathIn(this.#root, task);
		if (await exists(path)) return path;
		await mkdir(this.#root, { recursive: true, mode: 0o700 });
		await moved(pathIn(this.#aside, task), path);
		await mkdir(path, { recursive: true, mode: 0o700 });
		return path;
	}

	async closeAll(task: TaskId, { keepState } = { keepState: false }): Promise<void> {
		const [path, aside] = [pathIn(this.#root, task), pathIn(this.#aside, task)];
		if (!keepState) {
			await Promise.all([path, aside].map((folder) => rm(folder, { recursive: true, force: true })));
			return;
		}
		if (!(await exists(path))) return;
		await mkdir(this.#aside, { recursive: true, mode: 0o700 });
		await rm(aside, { recursive: true, force: true });
		const now = new Date(this.#now());
		await utimes(path, now, now);
		await moved(path, aside);
		await this.#forgetOld(LOOK_EVERY_MS);
	}

	/** Removes the folders of tasks that are no longer open: what a crash left behind. Returns how many. */
	async sweep(isOpen: (task: TaskId) => Promise<boolean>): Promise<number> {
		await this.#forgetOld(0);
		let removed = 0;
		for (const name of await foldersIn(this.#root)) {
			const task = asTaskId(name);
			if (!isFolderName(name) || (await isOpen(task))) continue;
			await rm(pathIn(this.#root, task), { recursive: true, force: true });
			removed++;
		}
		return removed;
	}

	/** Removes what was put aside too long ago to be replayed, unless that was looked at a moment ago. */
	async #forgetOld(everyMs: number): Promise<void> {
		const now = this.#now();
		if (now - this.#lookedAt < everyMs) return;
		this.#lookedAt = now;
		for (const name of await foldersIn(this.#aside)) {
			const folder = join(this.#aside, name);
			// Another process may be doing the same.
			const putAside = (await stat(folder).catch(() => undefined))?.mtimeMs ?? now;
			if (now - putAside >= REPLAY_MS) await rm(folder, { recursive: true, force: true });
		}
	}
}

async function exists(path: string): Promise<boolean> {
	return (await stat(path).catch(() => undefined)) !== undefined;
}

/** What is not there, or has been moved by another process just now, is left as it is. */
async function moved(from: string, to: string): Promise<void> {
	try {
		await rename(from, to);
	} catch (error) {
		if (!(error instanceof Error) || !('code' in error)) throw error;
		if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(String(error.code))) throw error;
	}
}

async function foldersIn(root: string): Promise<string[]> {
	try {
		return await readdir(root);
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
		throw error;
	}
}

function pathIn(root: string, task: TaskId): string {
	if (isFolderName(task)) return join(root, task);
	throw new CoreError('unknown-task', `"${task}" cannot name a workspace.`, { hint: 'Name a task by its id.' });
}

/** An id that names exactly one folder inside the root. */
function isFolderName(id: string): boolean {
	return /^[A-Za-z0-9_-]{1,200}$/.test(id);
}
