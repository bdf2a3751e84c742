import { formatCost, formatDuration } from '@errand/core/domain/amounts.ts';
import { plannerWords } from '@errand/core/domain/task/method-words.ts';
import { useSignal } from '@preact/signals';
import { useStores } from '../state/stores.ts';
import type { LiveTask } from '../state/tasks.ts';
import { Answer } from './answer.tsx';
import { useNow } from './clock.ts';
import { Icon } from './icon.tsx';
import { HistoryTab, TaskModels } from './places.tsx';
import { PlanTree } from './plan-tree.tsx';
import { ProblemNote } from './problem-note.tsx';
import { OpenQuestion } from './question.tsx';
import { TaskStatusWords } from './status.tsx';
import { TaskButtons } from './task-buttons.tsx';

/** TaskPage is one task in full: what it asks, its result and plan, and its history. */
export function TaskPage({ id }: { readonly id: string }) {
	const task = useStores().tasks.open(id);
	const problem = task.problem.value;
	return (
		<div class="scroller">
			<div class="task-page">
				<a class="back only-phone" href="/#/">
					<Icon name="back" />
					Chat
				</a>
				{problem !== undefined && <ProblemNote problem={problem} />}
				{problem === undefined && task.view.value === undefined && <p class="muted">Loading…</p>}
				{task.view.value !== undefined && <TaskBody task={task} />}
			</div>
		</div>
	);
}

const TABS = { task: 'Task', history: 'History' } as const;
type Tab = keyof typeof TABS;

function TaskBody({ task }: { readonly task: LiveTask }) {
	const tab = useSignal<Tab>('task');
	const view = task.view.value;
	const now = useNow(view?.endedAt === undefined);
	if (view === undefined) return null;
	const took = formatDuration((view.endedAt ?? now.value) - view.createdAt);
	const planner = view.plan.steps.length > 0 ? plannerWords(view.plan.by) : undefined;
	const cost = formatCost(view.cost);
	return (
		<>
			<header class="task-head">
				<h1 title={view.goal}>{view.goal}</h1>
				<div class="task-line">
					<TaskStatusWords task={view} />
					<span class="muted">{took}</span>
					{planner !== undefined && <span class="muted">planned by {planner}</span>}
					{cost !== '' && <span class="muted">{cost}</span>}
					<TaskButtons task={view} />
				</div>
			</header>
			<div class="tabs" role="tablist" aria-label="Task">
				{Object.entries(TABS).map(([name, label]) => (
					<TabButton key={name} name={name as Tab} label={label} tab={tab} />
				))}
			</div>
			<div role="tabpanel" id={`panel-${tab.value}`} aria-labelledby={`tab-${tab.value}`}>
				{tab.value === 'task' ? <Now task={task} /> : <HistoryTab task={task} />}
			</div>
		</>
	);
}

function TabButton({ name, label, tab }: { readonly name: Tab; readonly label: string; readonly tab: { value: Tab } }) {
	const selected = tab.value === name;
	return (
		<button
			type="button"
			role="tab"
			id={`tab-${name}`}
			class="tab"
			aria-selected={selected}
			aria-controls={`panel-${name}`}
			tabIndex={selected ? 0 : -1}
			onClick={() => {
				tab.value = name;
			}}
			onKeyDown={(event) => {
				if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
				const other = name === 'task' ? 'history' : 'task';
				tab.value = other;
				document.getElementById(`tab-${other}`)?.focus();
			}}
		>
			{label}
		</button>
	);
}

function Now({ task }: { readonly task: LiveTask }) {
	const view = task.view.value;
	if (view === undefined) return null;
	return (
		<>
			{view.questions.map((question) => (
				<OpenQuestion key={question.id} taskId={view.id} question={question} />
			))}
			{view.error !== undefined && <ProblemNote problem={view.error} />}
			<Answer task={task} />
			{view.plan.steps.length > 0 && (
				<section class="task-plan">
					<h2>Plan</h2>
					{view.plan.note !== undefined && <p class="plan-note">{view.plan.note}</p>}
					<PlanTree
						task={view}
						followed={task.followed.value}
						progress={task.progress.value}
						partials={task.partials}
					/>
				</section>
			)}
			{(view.cost.models?.length ?? 0) > 0 && <TaskModels task={view} facts={task.followed.value.facts} />}
		</>
	);
}
