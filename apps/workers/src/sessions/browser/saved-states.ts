import type { TaskId } from '@errand/core/domain/ids.ts';
import type { ISecretVault } from '@errand/core/ports/secret-vault.ts';
import type { ContextState } from './protocol.ts';

/** BrowserStates keep what the contexts of open tasks remember, so that a browser that is gone can be opened anew where it was. */
export interface BrowserStates {
	/** Whether anything is kept at all. */
	readonly isKept: boolean;
	get(task: TaskId, context: string): Promise<string | null>;
	/** `isWanted` is asked just before each is written. */
	save(task: TaskId, states: readonly ContextState[], isWanted: () => boolean): Promise<void>;
	/** Forgets all of a task, after whatever is being written. */
	forget(task: TaskId): Promise<void>;
}

/**
 * SavedStates keeps what the contexts of open tasks remember in a vault. Once a task is closed, nothing of it is kept, not even what was on its way.
 */
export class SavedStates implements BrowserStates {
	readonly #vault: ISecretVault | undefined;
	readonly #writes = new Map<TaskId, Promise<void>>();

	constructor(vault: ISecretVault | undefined) {
		this.#vault = vault;
	}

	get isKept(): boolean {
		return this.#vault !== undefined;
	}

	async get(task: TaskId, context: string): Promise<string | null> {
		return (await this.#vault?.get(nameOf(task, context))) ?? null;
	}

	/** One write of a task after the other; `isWanted` is asked just before. */
	save(task: TaskId, states: readonly ContextState[], isWanted: () => boolean): Promise<void> {
		const vault = this.#vault;
		if (vault === undefined || states.length === 0) return Promise.resolve();
		return this.#after(task, async () => {
			for (const { context, state } of states) {
				if (isWanted()) await vault.put(nameOf(task, context), state);
			}
		});
	}

	async forget(task: TaskId): Promise<void> {
		await this.#after(task, async () => this.#vault?.deleteUnder(folderOf(task)));
	}

	#after(task: TaskId, write: () => Promise<void>): Promise<void> {
		const written = (this.#writes.get(task) ?? Promise.resolve()).then(write);
		const settled = written
			.catch(() => undefined)
			.then(() => {
				if (this.#writes.get(task) === settled) this.#writes.delete(task);
			});
		this.#writes.set(task, settled);
		return written;
	}
}

const folderOf = (task: TaskId) => `sessions/${task}/`;
const nameOf = (task: TaskId, context: string) => `${folderOf(task)}browser/${context}`;
