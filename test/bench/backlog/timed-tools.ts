import { furtherDependency } from './task-file.ts';
import type { ToolClient } from './tool-client.ts';

/** TIMED_TOOLS are the calls that are timed, as tables name them; each round calls each so often. */
export const TIMED_TOOLS = {
	next_task: 20,
	set_task_status: 20,
	add_dependency: 20,
	'validate_dependencies, after a change': 5,
	'get_tasks, as much as it gives': 10,
} as const;

export type TimedTool = keyof typeof TIMED_TOOLS;

/** Times are single times (ms) of each timed call. */
export type Times = Record<TimedTool, number[]>;

export const noTimes = (): Times => ({
	next_task: [],
	set_task_status: [],
	add_dependency: [],
	'validate_dependencies, after a change': [],
	'get_tasks, as much as it gives': [],
});

/** timeTools calls each tool on a project of `tasks` tasks, on other tasks each round; a share of the counts is enough for one that is slow. */
export async function timeTools(
	client: ToolClient,
	times: Times,
	{ tasks, round, share = 1 }: { readonly tasks: number; readonly round: number; readonly share?: number },
): Promise<void> {
	/** Tasks that wait, another one each time. */
	const waiting = (index: number) => tasks / 2 + 11 + ((round * 1_009 + index * 37) % (tasks / 2 - 20));
	const status = round % 2 === 0 ? 'in-progress' : 'pending';
	const change = (index: number) => client.call('set_task_status', { id: String(waiting(index)), status });
	for (const [tool, count] of Object.entries(TIMED_TOOLS) as [TimedTool, number][]) {
		for (let index = 0; index < Math.max(1, Math.round(count * share)); index++) {
			const id = waiting(index);
			if (tool === 'validate_dependencies, after a change') await change(index + 500);
			const from = performance.now();
			if (tool === 'next_task') await client.call('next_task');
			else if (tool === 'set_task_status') await change(index);
			else if (tool === 'add_dependency') {
				await client.call('add_dependency', { id: String(id), dependsOn: String(furtherDependency(id, round)) });
			} else if (tool === 'validate_dependencies, after a change') await client.call('validate_dependencies');
			else await client.call('get_tasks', { withSubtasks: false });
			times[tool].push(performance.now() - from);
		}
	}
}
