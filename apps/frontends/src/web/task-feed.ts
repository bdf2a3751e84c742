import type { TaskId } from '@errand/core/domain/ids.ts';
import type { RecordedTaskFact } from '@errand/core/domain/task/facts.ts';
import type { ITaskDesk, Principal, TaskListener } from '@errand/core/orchestrator/desks/desk.ts';

/** TaskSink takes a task's facts; `drained` resolves when the reader has taken what was handed over so far. */
export interface TaskSink extends TaskListener {
	drained(): Promise<void>;
}

/**
 * feedTask hands every fact after `after` to a sink, in order, then goes on live until `signal` aborts. Old facts are read
 * page by page at the reader's pace, so that a long history is never held in a connection's buffer. Resolves once live.
 */
export async function feedTask(feed: {
	desk: Pick<ITaskDesk, 'facts' | 'follow'>;
	principal: Principal;
	task: TaskId;
	after: number;
	sink: TaskSink;
	signal: AbortSignal;
}): Promise<void> {
	const { desk, principal, task, sink, signal } = feed;
	let after = feed.after;
	let page: { events: readonly RecordedTaskFact[]; next: number };
	do {
		page = await desk.facts(principal, task, after);
		if (signal.aborted) return;
		for (const fact of page.events) sink.fact(fact);
		after = Math.max(after, page.next);
		await sink.drained();
		if (signal.aborted) return;
	} while (page.events.length >= SHORT_PAGE);
	const stop = await desk.follow(principal, task, after, {
		fact: (fact) => {
			if (!signal.aborted) sink.fact(fact);
		},
		progress: (progress) => {
			if (!signal.aborted) sink.progress(progress);
		},
	});
	if (signal.aborted) stop();
	else signal.addEventListener('abort', stop, { once: true });
}

// Fewer facts than this are left to `follow`, which catches up by itself.
const SHORT_PAGE = 200;
