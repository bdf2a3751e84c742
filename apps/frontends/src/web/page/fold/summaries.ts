import { asTaskId } from '@errand/core/domain/ids.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import type { TaskSummary } from '@errand/core/orchestrator/desks/desk.ts';

/** summaryOf is the list row of a task. */
export function summaryOf(task: TaskView): TaskSummary {
	const { goal, status, createdAt, endedAt } = task;
	return { id: asTaskId(task.id), goal, status, createdAt, endedAt };
}

/** mergeSummaries lets newer rows replace older ones of the same task; newest task first. */
export function mergeSummaries(
	known: readonly TaskSummary[],
	incoming: readonly TaskSummary[],
): readonly TaskSummary[] {
	const byId = new Map(known.map((row) => [row.id, row]));
	for (const row of incoming) byId.set(row.id, row);
	return [...byId.values()].sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
}
