import { asStepId } from '@errand/core/domain/ids.ts';
import type { Json } from '@errand/core/domain/json.ts';
import { stepOf, type Task } from '@errand/core/domain/task/state.ts';
import type { StepView, TaskView } from '@errand/core/domain/task/view.ts';
import type { ComponentChildren } from 'preact';
import { useStores } from '../state/stores.ts';
import { useAction } from './act.ts';
import { ArtifactCard } from './artifact.tsx';
import { Icon } from './icon.tsx';
import type { PlanTreeProps } from './plan-tree.tsx';
import { ProblemNote } from './problem-note.tsx';

const MAX_SHOWN = 20_000;

/** StepDetail is what a step was given, where it ran, what came out, and what can be done about it. */
export function StepDetail({
	step,
	live,
	task,
	followed,
}: PlanTreeProps & { readonly step: StepView; readonly live: boolean }) {
	const output = outputOf(followed.state, step.id);
	const needs = step.dependsOn.map((id) => task.plan.steps.find((other) => other.id === id)?.title ?? id);
	return (
		<div class="step-detail">
			<dl>
				<Fact name="Capability">{step.capability}</Fact>
				{step.matchedFrom !== undefined && <Fact name="Asked for as">{step.matchedFrom}</Fact>}
				{needs.length > 0 && <Fact name="After">{needs.join(', ')}</Fact>}
				{step.worker !== undefined && <Fact name="Worker">{step.worker}</Fact>}
				{step.attempts > 0 && <Fact name="Attempts">{step.attempts}</Fact>}
				{!step.essential && <Fact name="Optional">The task goes on without it.</Fact>}
			</dl>
			<Data name="Input" value={step.input} />
			{output !== undefined && <Data name="Output" value={output} />}
			{step.output !== undefined && <ArtifactCard artifact={step.output} />}
			{live && <StepButtons task={task} step={step} />}
		</div>
	);
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
	return (
		<div class="fact">
			<dt>{name}</dt>
			<dd>{children}</dd>
		</div>
	);
}

function Data({ name, value }: { readonly name: string; readonly value: Json }) {
	const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
	if (text === '{}') return null;
	return (
		<details class="data">
			<summary>{name}</summary>
			<pre>{text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}\n…` : text}</pre>
		</details>
	);
}

function StepButtons({ task, step }: { readonly task: TaskView; readonly step: StepView }) {
	const { api } = useStores();
	const action = useAction();
	const over = task.endedAt !== undefined;
	const canSkip = !over && ['waiting', 'ready', 'retrying', 'asking'].includes(step.status);
	const canRetry = step.status === 'dead-lettered' || (!over && step.status === 'retrying');
	if (!canSkip && !canRetry) return null;
	return (
		<div class="button-row">
			{canRetry && (
				<button
					type="button"
					class="button small-button"
					disabled={action.busy.value}
					onClick={() => action.run(() => api.retryStep(task.id, step.id))}
				>
					<Icon name="retry" />
					Retry step
				</button>
			)}
			{canSkip && (
				<button
					type="button"
					class="button small-button"
					disabled={action.busy.value}
					onClick={() => action.run(() => api.skipStep(task.id, step.id))}
				>
					<Icon name="skipped" />
					Skip step
				</button>
			)}
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</div>
	);
}

/** A large output is an artifact; of it the history holds the beginning. */
function outputOf(task: Task | undefined, id: string): Json | undefined {
	const phase = task === undefined ? undefined : stepOf(task, asStepId(id))?.phase;
	if (phase?.status !== 'done') return undefined;
	return phase.output.kind === 'value' ? phase.output.value : phase.output.preview;
}
