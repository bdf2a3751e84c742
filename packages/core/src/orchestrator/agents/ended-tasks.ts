import type { TaskId } from '../../domain/ids.ts';
import type { Json } from '../../domain/json.ts';
import type { TaskView } from '../../domain/task/view.ts';
import type { ITaskDesk, Principal } from '../desks/desk.ts';

/** EndedTasks tells when a task has ended. */
export interface EndedTasks {
	/** How it ended; undefined when `signal` fell first. Throws CoreError `unknown-task`. */
	ended(principal: Principal, task: TaskId, signal: AbortSignal): Promise<TaskView | undefined>;
}

/** TaskEvents delivers an event that a task waits for. */
export interface TaskEvents {
	deliver(
		principal: Principal,
		task: TaskId,
		event: { name: string; data: Json; id: string; origins: readonly string[] },
	): Promise<void>;
}

/** endedTasks follows tasks wherever they are driven. */
export function endedTasks(desk: Pick<ITaskDesk, 'view' | 'follow'>): EndedTasks {
	return {
		ended: async (principal, task, signal) => {
			const { promise: over, resolve } = Promise.withResolvers<void>();
			const first = await desk.view(principal, task);
			if (first.endedAt !== undefined) return first;
			const stop = await desk.follow(principal, task, first.seq, {
				fact: ({ type }) => {
					if (ENDS.has(type)) resolve();
				},
			});
			const giveUp = () => resolve();
			signal.addEventListener('abort', giveUp);
			try {
				if (!signal.aborted) await over;
			} finally {
				signal.removeEventListener('abort', giveUp);
				stop();
			}
			if (signal.aborted) return undefined;
			return desk.view(principal, task);
		},
	};
}

const ENDS: ReadonlySet<string> = new Set(['TaskCompleted', 'TaskFailed', 'TaskCancelled']);
