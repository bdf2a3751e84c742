import { formatCount } from '@errand/core/domain/amounts.ts';
import { planProgress } from '@errand/core/domain/task/plan-tree.ts';
import { useSignal } from '@preact/signals';
import { taskAddress } from '../state/route.ts';
import { useStores } from '../state/stores.ts';
import { Icon } from './icon.tsx';
import { PlanTree } from './plan-tree.tsx';
import { ProblemNote } from './problem-note.tsx';
import { TaskStatusWords } from './status.tsx';
import { TaskButtons } from './task-buttons.tsx';

/** PlanCard is a task's live plan in the chat; once the task is done it folds away. */
export function PlanCard({ taskId }: { readonly taskId: string }) {
	const task = useStores().tasks.open(taskId);
	const view = task.view.value;
	const chosen = useSignal<boolean | undefined>(undefined);
	if (task.problem.value !== undefined) return <ProblemNote problem={task.problem.value} />;
	if (view === undefined) return <p class="plan-card muted">Planning…</p>;
	if (view.plan.steps.length === 0) {
		if (view.status !== 'planning' && view.status !== 'running') return null;
		return (
			<div class="plan-card plan-card-small">
				<span role="status">{task.writing.value ? 'Answering…' : 'Planning…'}</span>
				<TaskButtons task={view} />
			</div>
		);
	}
	const open = chosen.value ?? view.status !== 'done';
	const { ended, of } = planProgress(view.plan.steps);
	return (
		<section class="plan-card" aria-label={`Plan: ${view.goal.slice(0, 80)}`}>
			<header class="plan-head">
				<button
					type="button"
					class="plan-toggle"
					aria-expanded={open}
					onClick={() => {
						chosen.value = !open;
					}}
				>
					<Icon name="open" />
					<TaskStatusWords task={view} />
					<span class="muted">{formatCount(of, 'step')}</span>
				</button>
				<TaskButtons task={view} />
				<a class="quiet-button" href={taskAddress(taskId)}>
					Details
				</a>
			</header>
			{view.endedAt === undefined && (
				<progress class="task-progress" max={of} value={ended} aria-label="Progress of the task" />
			)}
			{view.plan.note !== undefined && <p class="plan-note">{view.plan.note}</p>}
			{open && (
				<PlanTree task={view} followed={task.followed.value} progress={task.progress.value} partials={task.partials} />
			)}
			{view.error !== undefined && <ProblemNote problem={view.error} />}
		</section>
	);
}
