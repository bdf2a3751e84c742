import { taskWords } from '@errand/core/domain/task/status-words.ts';
import type { TaskSummary } from '@errand/core/orchestrator/desks/desk.ts';
import { type Route, taskAddress } from '../state/route.ts';
import { useStores } from '../state/stores.ts';
import { ago } from '../text/ago.ts';
import { StatusDot } from './status.tsx';

/** PLACES are the parts of the page as its list names them. */
export const PLACES: readonly {
	readonly names: readonly Route['name'][];
	readonly words: string;
	readonly href: string;
}[] = [
	{ names: ['chat'], words: 'Chat', href: '/#/' },
	{ names: ['backlogs', 'backlog'], words: 'Backlogs', href: '/#/backlogs' },
	{ names: ['workflows', 'workflow', 'designer'], words: 'Workflows', href: '/#/workflows' },
	{ names: ['schedules'], words: 'Schedules', href: '/#/schedules' },
	{ names: ['agents'], words: 'Agents & skills', href: '/#/agents' },
	{ names: ['conversations', 'conversation'], words: 'Conversations elsewhere', href: '/#/conversations' },
	{ names: ['people'], words: 'People & accounts', href: '/#/people' },
	{ names: ['frontends'], words: 'Frontends', href: '/#/frontends' },
	{ names: ['memory'], words: 'Memory', href: '/#/memory' },
	{ names: ['models'], words: 'Models & usage', href: '/#/models' },
	{ names: ['system'], words: 'System', href: '/#/system' },
];

/** TaskListPanel leads to everything: the parts of the page and the tasks. Beside the chat on a desktop, a drawer on a phone. */
export function TaskListPanel({ route }: { readonly route: Route }) {
	const { list } = useStores();
	const rows = list.rows.value;
	const selected = route.name === 'task' ? route.id : undefined;
	return (
		<nav class="tasks" id="tasks" aria-label="Tasks and more">
			<ul>
				{PLACES.map(({ names, words, href }) => {
					const here = names.includes(route.name);
					return (
						<li key={href}>
							<a class={`chat-link${here ? ' selected' : ''}`} href={href} aria-current={here ? 'page' : undefined}>
								{words}
							</a>
						</li>
					);
				})}
			</ul>
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
