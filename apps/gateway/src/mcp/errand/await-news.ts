import type { TaskId } from '@errand/core/domain/ids.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import type { ITaskDesk, Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { McpCall } from '../protocol/surface.ts';
import { hasNews } from './task-view.ts';

/** awaitNews shows a task once it has ended or asks, after `waitMs` at the latest; meanwhile it tells how it goes. */
export async function awaitNews(
	{ tasks, clock, principal }: { readonly tasks: ITaskDesk; readonly clock: IClock; readonly principal: Principal },
	id: TaskId,
	waitMs: number,
	call: Pick<McpCall, 'signal' | 'progress'>,
): Promise<TaskView> {
	const first = await tasks.view(principal, id);
	if (waitMs <= 0 || hasNews(first) || call.signal.aborted) return first;
	let wake = () => {};
	let changed = false;
	const over = { yet: false };
	const end = () => {
		over.yet = true;
		wake();
	};
	const callOff = clock.after(waitMs, end);
	call.signal.addEventListener('abort', end, { once: true });
	const stop = await tasks.follow(principal, id, first.seq, {
		fact: () => {
			changed = true;
			wake();
		},
		progress: ({ percent, text }) => call.progress(percent ?? 0, text),
	});
	try {
		let task = first;
		while (!over.yet && !hasNews(task)) {
			if (!changed) await new Promise<void>((resolve) => (wake = resolve));
			changed = false;
			task = await tasks.view(principal, id);
			const done = task.plan.steps.filter(({ status }) => status === 'done').length;
			call.progress((100 * done) / Math.max(1, task.plan.steps.length), task.status);
		}
		return task;
	} finally {
		callOff();
		call.signal.removeEventListener('abort', end);
		stop();
	}
}
