import type { TaskView } from '@errand/core/domain/task/view.ts';
import { useStores } from '../state/stores.ts';
import { useAction } from './act.ts';
import { Icon } from './icon.tsx';

/** TaskButtons stop a task that is going on, and retry one that failed or was stopped from the point of failure. */
export function TaskButtons({ task }: { readonly task: TaskView }) {
	const { api } = useStores();
	const action = useAction();
	const gaveUp = task.plan.steps.some((step) => step.status === 'dead-lettered');
	const over = task.endedAt !== undefined;
	const canRetry = task.status === 'failed' || task.status === 'cancelled' || (task.status === 'done' && gaveUp);
	return (
		<span class="task-buttons">
			{!over && (
				<button
					type="button"
					class="button small-button"
					disabled={action.busy.value}
					onClick={() => action.run(() => api.cancel(task.id))}
				>
					<Icon name="stop" />
					Stop
				</button>
			)}
			{canRetry && (
				<button
					type="button"
					class="button small-button"
					disabled={action.busy.value}
					onClick={() => action.run(() => api.retry(task.id))}
				>
					<Icon name="retry" />
					Retry
				</button>
			)}
			{action.problem.value !== undefined && (
				<span class="action-problem" role="alert">
					{action.problem.value.message} {action.problem.value.hint}
				</span>
			)}
		</span>
	);
}
