import { asTaskId, type TaskId } from '@errand/core/domain/ids.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ISecretVault } from '@errand/core/ports/secret-vault.ts';
import { REPLAY_MS } from '@errand/core/ports/session-pool.ts';
import { z } from 'zod';
import type { ContextState } from './protocol.ts';

/** BrowserStates keep what the contexts of open tasks remember, so that a browser that is gone can be opened anew where it was. */
export interface BrowserStates {
	/** Whether anything is kept at all. */
	readonly isKept: boolean;
	get(task: TaskId, context: string): Promise<string | null>;
	/** `isWanted` is asked just before each is written. */
	save(task: TaskId, states: readonly ContextState[], isWanted: () => boolean): Promise<void>;
	/** Forgets all of a task, after whatever is being written; or, if it is to be kept for a replay, as long after that as one may come. */
	forget(task: TaskId, how: { readonly keepState: boolean }): Promise<void>;
	/** Forgets what was kept for replays that did not come in time. */
	sweep(): Promise<void>;
	/** Leaves what is kept to the next start. */
	stop(): void;
}

/**
 * SavedStates keeps what the contexts of open tasks remember in a vault. Once a task is closed, nothing of it is kept, not even
 * what was on its way; after a failure it is kept for a day, of the latest tasks.
 */
export class SavedStates implements BrowserStates {
	readonly #vault: ISecretVault | undefined;
	readonly #clock: IClock;
	readonly #writes = new Map<TaskId | typeof WAITING, Promise<void>>();
	#callOffSweep: (() => void) | undefined;

	constructor(vault: ISecretVault | undefined, clock: IClock) {
		this.#vault = vault;
		this.#clock = clock;
	}

	get isKept(): boolean {
		return this.#vault !== undefined;
	}

	/** Whoever asks has opened the task again, so it no longer waits for that. */
	async get(task: TaskId, context: string): Promise<string | null> {
		const vault = this.#vault;
		if (vault === undefined) return null;
		await this.#wait((waiting) => waiting.filter((kept) => kept.task !== task));
		return (await vault.get(nameOf(task, context))) ?? null;
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

	async forget(task: TaskId, { keepState }: { readonly keepState: boolean }): Promise<void> {
		const until = this.#clock.now() + REPLAY_MS;
		if (!keepState) await this.#delete(task);
		await this.#wait((waiting) => {
			const others = waiting.filter((kept) => kept.task !== task);
			return keepState ? [...others, { task, until }] : others;
		});
	}

	async sweep(): Promise<void> {
		await this.#wait((waiting) => waiting);
	}

	stop(): void {
		this.#callOffSweep?.();
	}

	/** Changes who waits for a replay, and deletes what was kept for those who have waited long enough. */
	async #wait(change: (waiting: readonly Waiting[]) => readonly Waiting[]): Promise<void> {
		const vault = this.#vault;
		if (vault === undefined) return;
		await this.#after(WAITING, async () => {
			const text = await vault.get(WAITING_NAME);
			const before: readonly Waiting[] = text === undefined ? [] : WaitingSchema.parse(JSON.parse(text));
			const wanted = change(before);
			const now = this.#clock.now();
			const stay = wanted.filter(({ until }) => until > now).slice(-MAX_WAITING);
			for (const kept of wanted) if (!stay.includes(kept)) await this.#delete(kept.task);
			if (JSON.stringify(stay) !== JSON.stringify(before)) await vault.put(WAITING_NAME, JSON.stringify(stay));
			this.#sweepAt(stay[0]?.until);
		});
	}

	#sweepAt(at: number | undefined): void {
		this.#callOffSweep?.();
		this.#callOffSweep = undefined;
		if (at === undefined) return;
		this.#callOffSweep = this.#clock.after(Math.max(0, at - this.#clock.now()), () => {
			this.sweep().catch(() => undefined);
		});
	}

	async #delete(task: TaskId): Promise<void> {
		await this.#after(task, async () => this.#vault?.deleteUnder(folderOf(task)));
	}

	#after(key: TaskId | typeof WAITING, write: () => Promise<void>): Promise<void> {
		const written = (this.#writes.get(key) ?? Promise.resolve()).then(write);
		const settled = written
			.catch(() => undefined)
			.then(() => {
				if (this.#writes.get(key) === settled) this.#writes.delete(key);
			});
		this.#writes.set(key, settled);
		return written;
	}
}

const folderOf = (task: TaskId) => `sessions/${task}/`;
const nameOf = (task: TaskId, context: string) => `${folderOf(task)}browser/${context}`;

const WAITING = Symbol('waiting for a replay');
const WAITING_NAME = 'sessions-kept';
const WaitingSchema = z.array(z.object({ task: z.string().transform(asTaskId), until: z.number() }));
type Waiting = Readonly<z.infer<typeof WaitingSchema>[number]>;
/** All secrets of the machine are in one file that is written whole. */
const MAX_WAITING = 50;
