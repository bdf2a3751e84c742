import type { TaskId } from '../domain/ids.ts';

/** ISessionPool ends what was leased to a task. `closeAll` is safe to call twice and for a task that has nothing. */
export interface ISessionPool {
	closeAll(task: TaskId): Promise<void>;
}
