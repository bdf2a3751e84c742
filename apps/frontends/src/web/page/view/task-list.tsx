import { taskWords } from '@errand/core/domain/task/status-words.ts';
import type { TaskSummary } from '@errand/core/orchestrator/desk.ts';
import { taskAddress } from '../state/route.ts';
import { useStores } from '../state/stores.ts';
import { ago } from '../text/ago.ts';
import { StatusDot } from './status.tsx';

/** TaskListPanel is the list of tasks: beside the chat on a desktop, a drawer on a phone. */
export function TaskListPanel({ selected }: { readonly selected: string | undefined }) {
	const { list } = useStores();
	const rows = list.rows.value;
	return (
		<nav class="tasks" id="tasks" aria-label="Tasks">
			<a class={`chat-link${selected === undefined ? ' selected' : ''}`} href="/#/">
				Chat
			</a>
			<h2>Tasks</h2>
			{rows.length === 0 && <p class="muted">None yet. What you ask for in the chat shows up here.</p>}
			<ul>
				{rows.map((row) => (
					<TaskRow key={row.id} row={row} selected={row.id === selected} />
				))}
			</ul>
			{list.more.value && (
				<button type="button" class="quiet-button" onClick={() => list.loadMore()}>
					Show older tasks
				</button>
			)}
		</nav>
	);
}

function TaskRow({ row, selected }: { readonly row: TaskSummary; readonly selected: boolean }) {
	return (
		<li>
			<a
				class={`task-row${selected ? ' selected' : ''}`}
				href={taskAddress(row.id)}
				aria-current={selected ? 'page' : undefined}
			>
				<span class="task-goal">{row.goal}</span>
				<span class="task-meta">
					<StatusDot status={row.status} />
					{taskWords(row)} · {ago(row.endedAt ?? row.createdAt, Date.now())}
				</span>
			</a>
		</li>
	);
}
