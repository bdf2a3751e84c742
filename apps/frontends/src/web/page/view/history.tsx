import { stateAfter } from '@errand/core/domain/task/catch-up.ts';
import { factLine } from '@errand/core/domain/task/fact-line.ts';
import type { RecordedTaskFact } from '@errand/core/domain/task/facts.ts';
import type { TaskState } from '@errand/core/domain/task/state.ts';
import { viewTask } from '@errand/core/domain/task/view.ts';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { LiveTask } from '../state/tasks.ts';
import { PlanTree } from './plan-tree.tsx';
import { TaskStatusWords } from './status.tsx';

const LINES_AT_FIRST = 300;

/** HistoryTab plays a task back: every fact in order of time, and the plan as it stood after any of them. */
export function HistoryTab({ task }: { readonly task: LiveTask }) {
	const { facts, state } = task.followed.value;
	const chosen = useSignal<number | undefined>(undefined);
	const shown = useSignal(LINES_AT_FIRST);
	const seq = Math.min(chosen.value ?? facts.length, facts.length);
	const start = facts[0]?.at ?? 0;
	return (
		<div class="history">
			<div class="playback">
				<label for="playback">
					Fact {seq} of {facts.length}
				</label>
				<input
					id="playback"
					type="range"
					min={1}
					max={Math.max(1, facts.length)}
					value={seq}
					onInput={(event) => {
						chosen.value = event.currentTarget.valueAsNumber;
					}}
				/>
				<Playback facts={facts} seq={seq} />
			</div>
			<ol class="facts" aria-label="History">
				{facts.slice(0, Math.max(shown.value, seq)).map((fact) => (
					<FactRow
						key={fact.seq}
						fact={fact}
						state={state}
						start={start}
						current={fact.seq === seq}
						onChoose={() => {
							chosen.value = fact.seq;
						}}
					/>
				))}
			</ol>
			{facts.length > shown.value && (
				<button
					type="button"
					class="quiet-button"
					onClick={() => {
						shown.value += 1_000;
					}}
				>
					Show more
				</button>
			)}
		</div>
	);
}

function Playback({ facts, seq }: { readonly facts: readonly RecordedTaskFact[]; readonly seq: number }) {
	const state = useMemo(() => stateAfter(facts, seq), [facts, seq]);
	if (state === undefined) return null;
	const view = viewTask(state);
	return (
		<section class="playback-plan" aria-label="How the task stood then">
			<TaskStatusWords task={view} />
			<PlanTree task={view} followed={{ facts, state, gap: false }} progress={{}} at={state.at} />
		</section>
	);
}

function FactRow({
	fact,
	state,
	start,
	current,
	onChoose,
}: {
	readonly fact: RecordedTaskFact;
	readonly state: TaskState;
	readonly start: number;
	readonly current: boolean;
	readonly onChoose: () => void;
}) {
	const { title, detail, tone } = factLine(fact, state);
	const row = useRef<HTMLLIElement>(null);
	useEffect(() => {
		if (current) row.current?.scrollIntoView({ block: 'nearest' });
	}, [current]);
	return (
		<li ref={row}>
			<button
				type="button"
				class={`fact-row tone-${tone}${current ? ' current' : ''}`}
				aria-current={current ? 'step' : undefined}
				onClick={onChoose}
			>
				<span class="fact-time">+{((fact.at - start) / 1_000).toFixed(1)} s</span>
				<span class="fact-words">
					{title}
					{detail !== undefined && <span class="muted fact-detail">{detail}</span>}
				</span>
			</button>
		</li>
	);
}
