import type { TaskView } from '@errand/core/domain/task/view.ts';
import type { TaskSummary } from '@errand/core/orchestrator/desks/desk.ts';
import { type ReadonlySignal, signal } from '@preact/signals';
import { mergeSummaries, summaryOf } from '../fold/summaries.ts';
import type { Api } from './api.ts';

/** TaskList is the person's tasks, newest first, page by page. */
export interface TaskList {
	readonly rows: ReadonlySignal<readonly TaskSummary[]>;
	readonly more: ReadonlySignal<boolean>;
	/** Reads the newest page again; calls in quick succession become one. */
	refresh(): void;
	loadMore(): void;
	/** A task that is followed is known better than any list. */
	update(task: TaskView): void;
}

/** createTaskList keeps the list. */
export function createTaskList(api: Api): TaskList {
	const rows = signal<readonly TaskSummary[]>([]);
	const next = signal<number | undefined>(undefined);
	const more = signal(false);
	let soon: ReturnType<typeof setTimeout> | undefined;

	const load = async (before?: number) => {
		const page = await api.tasks(before);
		rows.value = mergeSummaries(rows.value, page.tasks);
		const deeper = before !== undefined || next.value === undefined;
		if (!deeper) return;
		next.value = page.next;
		more.value = page.next !== undefined;
	};
	// What fails here is a lost connection or login, which shows elsewhere; the next connection reads again.
	const quietly = (reading: Promise<void>) => void reading.catch(() => undefined);

	return {
		rows,
		more,
		refresh: () => {
			if (soon !== undefined) return;
			soon = setTimeout(() => {
				soon = undefined;
				quietly(load());
			}, 100);
		},
		loadMore: () => quietly(load(next.value)),
		update: (task) => {
			const summary = summaryOf(task);
			const known = rows.value.find((row) => row.id === summary.id);
			if (known?.status === summary.status && known.endedAt === summary.endedAt) return;
			rows.value = mergeSummaries(rows.value, [summary]);
		},
	};
}
