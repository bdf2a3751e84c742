import type { Tool } from '@modelcontextprotocol/server';

/** chosenTools leaves of all tools those a client has room for: `all`, `standard`, `core`, or names with commas between them. */
export function chosenTools(tools: readonly Tool[], choice: string | undefined): readonly Tool[] {
	const words = (choice ?? 'all').split(',').map((word) => word.trim().toLowerCase());
	const wanted = new Set(words.flatMap((word) => SETS[word] ?? [word]));
	if (wanted.has('all')) return tools;
	const chosen = tools.filter(({ name }) => wanted.has(name.toLowerCase()));
	// A choice that names nothing there is a mistake; a client without tools would not show it.
	return chosen.length === 0 ? tools : chosen;
}

const CORE = [
	...['get_tasks', 'next_task', 'get_task', 'set_task_status', 'update_subtask', 'parse_prd', 'expand_task'],
	...['submit_task', 'task_status', 'answer_question', 'operation_status'],
];
const STANDARD = [
	...CORE,
	...['initialize_project', 'analyze_project_complexity', 'expand_all', 'add_subtask', 'remove_task', 'generate'],
	...['add_task', 'complexity_report', 'run_task', 'cancel_task', 'list_tasks', 'operation_cancel'],
	...['list_workflows', 'run_workflow'],
];
const SETS: Readonly<Record<string, readonly string[]>> = { core: CORE, lean: CORE, standard: STANDARD };
