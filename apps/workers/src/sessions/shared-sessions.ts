import type { TaskId } from '@errand/core/domain/ids.ts';
import type { ISessionPool } from '@errand/core/ports/session-pool.ts';
import { Workspaces } from './workspaces.ts';

/** SharedSessions end what a task had on whichever machine: its browser with the worker that has it, its workspace in the folder that all share. */
export class SharedSessions implements ISessionPool {
	readonly #browsers: ISessionPool;
	readonly #workspaces: Workspaces;

	constructor({ browsers, dataDir }: { readonly browsers: ISessionPool; readonly dataDir: string }) {
		this.#browsers = browsers;
		this.#workspaces = new Workspaces(dataDir);
	}

	/** The browser first: what acts in it may still write. */
	async closeAll(task: TaskId, how?: { readonly keepState: boolean }): Promise<void> {
		await this.#browsers.closeAll(task, how);
		await this.#workspaces.closeAll(task, how);
	}

	/** Removes the workspaces of tasks that are no longer open. Returns how many. */
	sweep(isOpen: (task: TaskId) => Promise<boolean>): Promise<number> {
		return this.#workspaces.sweep(isOpen);
	}
}
