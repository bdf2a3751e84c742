import { commandHelp } from '../../domain/conversation/chat-command.ts';
import { shortened } from '../../domain/shortened.ts';
import type { Task } from '../../domain/task/state.ts';
import { STEP_WORDS, taskWords } from '../../domain/task/status-words.ts';
import { viewTask } from '../../domain/task/view.ts';

/** NumberedTaskState is a task as its person calls it. */
export interface NumberedTaskState {
	readonly number: number;
	readonly task: Task;
}

/** commandHelpReply answers `/help`. */
export function commandHelpReply(asks: { readonly owner: boolean }): string {
	return `Write what you want done, or use one of these:\n\n${commandHelp(asks)}`;
}

/** tasksReply answers `/tasks`, newest first. */
export function tasksReply(tasks: readonly NumberedTaskState[]): string {
	return tasks.length === 0 ? 'No tasks yet.' : tasks.map(taskLine).join('\n');
}

/** statusReply answers `/status`. */
export function statusReply(entry: NumberedTaskState): string {
	const steps = viewTask(entry.task).plan.steps.filter((step) => step.parent === undefined);
	return [taskLine(entry), ...steps.map((step) => `  - ${step.title} – ${STEP_WORDS[step.status]}`)].join('\n');
}

function taskLine({ number, task }: NumberedTaskState): string {
	const goal = shortened(task.goal, 80);
	return `- **${number}** ${goal.replaceAll('\n', ' ')} – ${taskWords(viewTask(task)).toLowerCase()}`;
}
