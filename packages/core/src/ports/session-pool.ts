import type { TaskId } from '../domain/ids.ts';

/**
 * ISessionPool ends what was leased to a task. `closeAll` is safe to call twice and for a task that has nothing. What
 * sessions remember goes with them, except with `keepState`: then it stays, sealed, for `REPLAY_MS`, or until the task has begun again.
 */
export interface ISessionPool {
	closeAll(task: TaskId, how?: { readonly keepState: boolean }): Promise<void>;
}

/** REPLAY_MS is how long a task that failed can be replayed with what its sessions remembered. */
export const REPLAY_MS = 86_400_000;
