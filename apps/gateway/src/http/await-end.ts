import type { TaskId } from '@errand/core/domain/ids.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import type { ITaskDesk, Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { IClock } from '@errand/core/ports/clock.ts';

interface Wait {
	readonly tasks: Pick<ITaskDesk, 'view' | 'follow'>;
	readonly clock: IClock;
	readonly principal: Principal;
	readonly waitMs: number;
	/** The caller has gone away. */
	readonly signal: AbortSignal;
}

/** awaitEnd shows a task once it has ended or asks, after `waitMs` at the latest. */
export async function awaitEnd(id: TaskId, { tasks, clock, principal, waitMs, signal }: Wait): Promise<TaskView> {
	const first = await tasks.view(principal, id);
	if (waitMs <= 0 || isOver(first)) return first;
	let wake = () => {};
	const over = new Promise<void>((resolve) => (wake = resolve));
	const callOff = clock.after(waitMs, wake);
	signal.addEventListener('abort', wake, { once: true });
	const stop = await tasks.follow(principal, id, first.seq, {
		fact: ({ type }) => {
			if (ENDS.has(type)) wake();
		},
	});
	try {
		await over;
		return await tasks.view(principal, id);
	} finally {
		callOff();
		signal.removeEventListener('abort', wake);
		stop();
	}
}

/** hasEnded says whether nothing more comes of a task by itself. */
export function hasEnded({ status }: Pick<TaskView, 'status'>): boolean {
	return status === 'done' || status === 'failed' || status === 'cancelled';
}

function isOver(task: TaskView): boolean {
	return hasEnded(task) || task.questions.length > 0;
}

const ENDS: ReadonlySet<string> = new Set(['TaskCompleted', 'TaskFailed', 'TaskCancelled', 'QuestionAsked']);
