import type { DeadLetter, DeadLetterDetail } from '@errand/core/orchestrator/desks/desk.ts';
import { useSignal } from '@preact/signals';
import { taskAddress } from '../../state/route.ts';
import type { System } from '../../state/system.ts';
import { ago } from '../../text/ago.ts';
import { counted } from '../../text/amounts.ts';
import { useAction } from '../act.ts';
import { useNow } from '../clock.ts';
import { ProblemNote } from '../problem-note.tsx';
import { ConfirmButton } from './confirm-button.tsx';

/** DeadLetters lists the steps that gave up, to be looked into, run again or left out. */
export function DeadLetters({ system, letters }: { readonly system: System; readonly letters: readonly DeadLetter[] }) {
	return (
		<section class="panel" aria-labelledby="dead-letters">
			<h2 id="dead-letters">
				Steps that gave up {letters.length > 0 && <span class="badge badge-bad">{letters.length}</span>}
			</h2>
			{letters.length === 0 ? (
				<p class="muted">None of yours.</p>
			) : (
				<ul class="rows">
					{letters.map((letter) => (
						<Letter key={letter.id} system={system} letter={letter} />
					))}
				</ul>
			)}
		</section>
	);
}

function Letter({ system, letter }: { readonly system: System; readonly letter: DeadLetter }) {
	const action = useAction();
	const now = useNow(true).value;
	const shown = useSignal<DeadLetterDetail | undefined>(undefined);
	const { id, title, capability, attempts, error, at, taskId } = letter;
	const details = shown.value;
	const inspect = () =>
		action.run(async () => {
			shown.value = details === undefined ? await system.api.deadLetter(id) : undefined;
		});
	return (
		<li class="row dead-letter">
			<div class="row-words">
				<p class="row-name">{title}</p>
				<p class="row-message">{error.message}</p>
				<p class="row-meta">
					<code class="code">{capability}</code> · {counted(attempts, 'attempt')} · {ago(at, now)} ·{' '}
					<a href={taskAddress(taskId)}>its task</a>
				</p>
			</div>
			<div class="row-actions">
				<button
					type="button"
					class="button small-button"
					aria-expanded={details !== undefined}
					aria-label={`Inspect ${title}`}
					disabled={action.busy.value}
					onClick={inspect}
				>
					{details === undefined ? 'Inspect' : 'Hide'}
				</button>
				<button
					type="button"
					class="button small-button main-button"
					aria-label={`Replay ${title}`}
					disabled={action.busy.value}
					onClick={() => action.run(() => system.act(() => system.api.replay(id), `${title} runs again.`))}
				>
					Replay
				</button>
				<ConfirmButton
					label={`Drop ${title}`}
					question={`Leave out “${title}”? Its task goes on without it, as far as that goes.`}
					yes="Drop"
					disabled={action.busy.value}
					onYes={() => action.run(() => system.act(() => system.api.drop(id), `Left out ${title}.`))}
				>
					Drop…
				</ConfirmButton>
			</div>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
			{details !== undefined && <Details details={details} />}
		</li>
	);
}

function Details({ details }: { readonly details: DeadLetterDetail }) {
	const now = useNow(true).value;
	return (
		<section class="letter" aria-label={`About ${details.title}`}>
			<h3>Goal</h3>
			<p>{details.goal}</p>
			{details.error.hint !== '' && (
				<>
					<h3>What to do</h3>
					<p>{details.error.hint}</p>
				</>
			)}
			<h3>Input</h3>
			<pre>{details.input}</pre>
			<h3>Attempts</h3>
			<ol class="attempts">
				{details.history.map(({ attempt, run, at, worker, error }) => (
					<li key={`${attempt}.${run}`}>
						<span class="row-meta">
							{attempt}
							{run > 1 && `, start ${run}`} · {ago(at, now)}
							{worker !== undefined && ` · ${worker}`}
						</span>
						<br />
						{error.message}
					</li>
				))}
			</ol>
		</section>
	);
}
