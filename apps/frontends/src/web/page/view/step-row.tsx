import { formatDuration } from '@errand/core/domain/amounts.ts';
import { stepOf } from '@errand/core/domain/task/state.ts';
import { elapsedMs, roundWords, STEP_WORDS, waitWords } from '@errand/core/domain/task/status-words.ts';
import type { StepView } from '@errand/core/domain/task/view.ts';
import { useSignal } from '@preact/signals';
import type { ComponentChildren, TargetedKeyboardEvent } from 'preact';
import { useId } from 'preact/hooks';
import { stepPictures } from '../fold/pictures.ts';
import { useNow } from './clock.ts';
import { Pictures } from './pictures.tsx';
import type { PlanTreeProps } from './plan-tree.tsx';
import { StepIcon } from './status.tsx';
import { StepDetail } from './step-detail.tsx';
import { StepPartial } from './step-partial.tsx';

const PICTURES_AT_FIRST = 4;

/** StepRow is one step: its status at a glance, and everything else once opened. */
export function StepRow({
	step,
	count,
	part,
	children,
	...plan
}: PlanTreeProps & {
	readonly step: StepView;
	/** Of a `forEach` step: how many of its items have ended. */
	readonly count?: string | undefined;
	readonly part?: number | undefined;
	readonly children?: ComponentChildren;
}) {
	const open = useSignal(false);
	const detail = useId();
	const running = step.status === 'running';
	const live = plan.at === undefined;
	const words = running ? plan.progress[step.id] : undefined;
	const { state } = plan.followed;
	const pictures = step.status === 'done' && state !== undefined ? stepPictures(stepOf(state, step.id)) : [];
	const round = roundWords(step);
	const percent = part !== undefined ? part * 100 : words?.percent;
	return (
		<li class={`step step-${step.status}`}>
			<button
				type="button"
				class="step-button"
				aria-expanded={open.value}
				aria-controls={detail}
				onKeyDown={moveByArrows}
				onClick={() => {
					open.value = !open.value;
				}}
			>
				<StepIcon status={step.status} />
				<span class="step-title">{step.title}</span>
				<span class="step-meta">
					{count !== undefined && <span>{count}</span>}
					{round !== undefined && <span>{round}</span>}
					<span class="step-status">{STEP_WORDS[step.status]}</span>
					<Waits step={step} at={plan.at} />
					<Elapsed step={step} at={plan.at} />
				</span>
			</button>
			{running && (words?.text !== undefined || step.attempts > 1) && (
				<p class="step-line">
					{step.attempts > 1 && <span>attempt {step.attempts}</span>}
					{words?.text}
				</p>
			)}
			{running && percent !== undefined && (
				<progress class="step-progress" max={100} value={percent} aria-label={`Progress of ${step.title}`} />
			)}
			{running && plan.partials !== undefined && (
				<StepPartial step={step.id} partials={plan.partials} drafted={isLast(step, plan.task.plan.steps)} />
			)}
			{pictures.length > 0 && <Pictures pictures={pictures} first={PICTURES_AT_FIRST} />}
			{step.error !== undefined && step.status !== 'skipped' && (
				<p class="step-error">
					{step.error.message} {plan.task.error === undefined && <span class="muted">{step.error.hint}</span>}
				</p>
			)}
			{step.status === 'skipped' && step.error !== undefined && <p class="step-line">{step.error.message}</p>}
			<div id={detail}>{open.value && <StepDetail step={step} live={live} {...plan} />}</div>
			{children}
		</li>
	);
}

/** What a last step writes is the answer. */
function isLast(step: StepView, steps: readonly StepView[]): boolean {
	return !steps.some(({ dependsOn }) => dependsOn.some((id) => id === step.id || id === step.parent));
}

function Elapsed({ step, at }: { readonly step: StepView; readonly at: number | undefined }) {
	const now = useNow(step.status === 'running' && at === undefined);
	const ms = elapsedMs(step, at ?? (step.status === 'running' ? now.value : 0));
	return ms === undefined ? null : <span class="step-time">{formatDuration(ms)}</span>;
}

function Waits({ step, at }: { readonly step: StepView; readonly at: number | undefined }) {
	const now = useNow(step.until !== undefined && at === undefined && step.endedAt === undefined);
	const words = waitWords(step, at ?? now.value);
	return words === undefined ? null : <span class="step-time">{words}</span>;
}

/** Arrow keys move between the steps of a plan, and open and close one. */
function moveByArrows(event: TargetedKeyboardEvent<HTMLButtonElement>): void {
	const button = event.currentTarget;
	const buttons = [...(button.closest('.plan')?.querySelectorAll<HTMLElement>('.step-button') ?? [])];
	const here = buttons.indexOf(button);
	const open = button.getAttribute('aria-expanded') === 'true';
	const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: buttons.length - 1 }[event.key];
	if (to !== undefined) buttons[Math.max(0, Math.min(to, buttons.length - 1))]?.focus();
	else if (event.key === 'ArrowRight' ? !open : event.key === 'ArrowLeft' && open) button.click();
	else return;
	event.preventDefault();
}
