import { formatCount } from '@errand/core/domain/amounts.ts';
import type { Followed } from '@errand/core/domain/task/catch-up.ts';
import { isEnded, type PlanNode, planTree } from '@errand/core/domain/task/plan-tree.ts';
import { STEP_WORDS } from '@errand/core/domain/task/status-words.ts';
import type { StepView, TaskView } from '@errand/core/domain/task/view.ts';
import { type ReadonlySignal, useSignal } from '@preact/signals';
import type { StepWords } from '../state/tasks.ts';
import { StepRow } from './step-row.tsx';

const CHILDREN_AT_FIRST = 50;

/** PlanTreeProps is a task at one moment: live, or as it stood at some fact of its history. */
export interface PlanTreeProps {
	readonly task: TaskView;
	readonly followed: Followed;
	readonly progress: Readonly<Record<string, StepWords>>;
	/** What running steps write; left out where it is past. */
	readonly partials?: ReadonlySignal<Readonly<Record<string, string>>> | undefined;
	/** When it is; left out while it is live. */
	readonly at?: number | undefined;
}

/** PlanTree shows the steps as nested lists; arrow keys move between them, Enter opens one. */
export function PlanTree(props: PlanTreeProps) {
	const nodes = planTree(props.task.plan.steps);
	return (
		<div class="plan">
			<p class="spoken" role="status">
				{props.at === undefined ? news(props.task.plan.steps) : ''}
			</p>
			<ol class="steps" aria-label="Steps">
				{nodes.map((node) => (
					<Node key={node.step.id} node={node} {...props} />
				))}
			</ol>
		</div>
	);
}

function Node({ node, ...props }: PlanTreeProps & { readonly node: PlanNode }) {
	const { step, children, nodes } = node;
	const chosen = useSignal<boolean | undefined>(undefined);
	const shown = useSignal(CHILDREN_AT_FIRST);
	if (children.length === 0) return <StepRow step={step} {...props} />;
	const open = chosen.value ?? (children.length <= 6 || node.failed > 0 || !isEnded(step.status));
	const failed = node.failed > 0 ? `, ${node.failed} gave up` : '';
	const count = `${node.ended} of ${formatCount(children.length, 'item')}${failed}`;
	const rest = children.length - shown.value;
	return (
		<StepRow step={step} {...props} count={count} part={node.ended / children.length}>
			<button
				type="button"
				class="quiet-button children-toggle"
				aria-expanded={open}
				onClick={() => {
					chosen.value = !open;
				}}
			>
				{open ? 'Hide' : 'Show'} {formatCount(children.length, 'item')}
			</button>
			{open && (
				<ol class="steps child-steps" aria-label={`Items of ${step.title}`}>
					{nodes.slice(0, shown.value).map((child) => (
						<Node key={child.step.id} node={child} {...props} />
					))}
				</ol>
			)}
			{open && rest > 0 && (
				<button
					type="button"
					class="quiet-button"
					onClick={() => {
						shown.value += 200;
					}}
				>
					Show {rest} more
				</button>
			)}
		</StepRow>
	);
}

/** One short sentence that a screen reader speaks when the plan moves on. */
function news(steps: readonly StepView[]): string {
	const asking = steps.find((step) => step.status === 'asking');
	const running = steps.filter((step) => step.status === 'running');
	const current = asking ?? running[0];
	return current === undefined ? '' : `${current.title}: ${STEP_WORDS[current.status]}`;
}
