import { taskWords } from '@errand/core/domain/task/status-words.ts';
import type { StepStatus, TaskStatus, TaskView } from '@errand/core/domain/task/view.ts';
import { Icon } from './icon.tsx';

/** StatusDot colours a task's status; the words stand beside it. */
export function StatusDot({ status }: { readonly status: TaskStatus }) {
	return <span class={`status-dot status-${status}`} aria-hidden="true" />;
}

/** TaskStatusWords says how a task stands. */
export function TaskStatusWords({ task }: { readonly task: TaskView }) {
	return (
		<span class="task-status">
			<StatusDot status={task.status} />
			{taskWords(task)}
		</span>
	);
}

/** StepIcon is the sign of a step's status; the words stand beside it. */
export function StepIcon({ status }: { readonly status: StepStatus }) {
	return (
		<span class={`step-icon step-icon-${status}`}>
			<Icon name={status} />
		</span>
	);
}
