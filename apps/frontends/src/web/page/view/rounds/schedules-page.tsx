import type { ScheduleView } from '@errand/core/orchestrator/desks/schedules.ts';
import { useEffect, useMemo } from 'preact/hooks';
import { createFresh } from '../../state/fresh.ts';
import { taskAddress, workflowAddress } from '../../state/route.ts';
import { useStores } from '../../state/stores.ts';
import { ago } from '../../text/ago.ts';
import { counted } from '../../text/amounts.ts';
import { useAction } from '../act.ts';
import { useNow } from '../clock.ts';
import { ProblemNote } from '../problem-note.tsx';
import { ConfirmButton } from '../settings/confirm-button.tsx';
import { DigestPart } from './digest-part.tsx';
import { dueWords } from './due-words.ts';
import { NewSchedule } from './new-schedule.tsx';

const EVERY_MS = 10_000;
const NEXT = 3;

/** SchedulesPage lists what is done again and again, or later, and sets up more. */
export function SchedulesPage() {
	const { ask } = useStores().api;
	const fresh = useMemo(
		() =>
			createFresh(
				async () => (await ask<{ schedules: readonly ScheduleView[] }>('GET', `/v1/schedules?next=${NEXT}`)).schedules,
				EVERY_MS,
			),
		[ask],
	);
	useEffect(() => fresh.watch(), [fresh]);
	const schedules = fresh.value.value;
	return (
		<>
			<header class="settings-head">
				<h1>Schedules</h1>
				<p class="muted">What is done later, or again and again. You can also say it in the chat.</p>
			</header>
			{fresh.problem.value !== undefined && <ProblemNote problem={fresh.problem.value} />}
			<NewSchedule onDone={() => void fresh.refresh()} />
			<section class="panel" aria-labelledby="yours">
				<h2 id="yours">Yours</h2>
				{schedules === undefined && <p class="muted">Loading…</p>}
				{schedules?.length === 0 && <p class="muted">None yet.</p>}
				<ul class="rows" aria-label="Schedules">
					{schedules?.map((one) => (
						<Row key={one.id} schedule={one} onChange={fresh.refresh} />
					))}
				</ul>
			</section>
		</>
	);
}

function Row({ schedule, onChange }: { readonly schedule: ScheduleView; readonly onChange: () => Promise<void> }) {
	const { ask } = useStores().api;
	const action = useAction();
	const now = useNow(true).value;
	const { id, title, words, rule, status, next, last, runs, missed, pausedBecause } = schedule;
	const path = `/v1/schedules/${encodeURIComponent(id)}`;
	const act = (method: 'POST' | 'DELETE', rest = '') => action.run(() => ask(method, `${path}${rest}`).then(onChange));
	return (
		<li class="row">
			<div class="row-words">
				<p class="row-name">
					{title} {status !== 'active' && <span class="badge">{status}</span>}
				</p>
				<p>{words}</p>
				<p class="row-meta">
					<What schedule={schedule} /> · {counted(runs, 'run')}
					{missed > 0 && `, ${missed} missed`}
					{last !== undefined && (
						<>
							{' · last '}
							{last.task === undefined ? ago(last.due, now) : <a href={taskAddress(last.task)}>{ago(last.due, now)}</a>}
							{last.outcome !== undefined && `: ${last.outcome}`}
						</>
					)}
				</p>
				{pausedBecause !== undefined && <p class="row-message">{pausedBecause}</p>}
				{status === 'active' && next.length > 0 && (
					<ul class="schedule-next" aria-label={`Next times of ${title}`}>
						{next.map((due) => (
							<li key={due}>{dueWords(due, rule.timeZone)}</li>
						))}
					</ul>
				)}
				<DigestPart schedule={schedule} />
			</div>
			<div class="row-actions">
				<button
					type="button"
					class="button small-button"
					disabled={action.busy.value || status === 'ended'}
					onClick={() => act('POST', '/run')}
				>
					Run now
				</button>
				{status !== 'ended' && (
					<button
						type="button"
						class="button small-button"
						disabled={action.busy.value}
						onClick={() => act('POST', status === 'active' ? '/pause' : '/resume')}
					>
						{status === 'active' ? 'Pause' : 'Resume'}
					</button>
				)}
				<ConfirmButton
					label={`Remove ${title}`}
					question={`Remove “${title}”? A run that goes on finishes.`}
					yes="Remove"
					disabled={action.busy.value}
					onYes={() => act('DELETE')}
				>
					Remove…
				</ConfirmButton>
			</div>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</li>
	);
}

function What({ schedule: { what } }: { readonly schedule: ScheduleView }) {
	switch (what.do.kind) {
		case 'goal':
			return <>a task</>;
		case 'remind':
			return <>a reminder</>;
		case 'workflow':
			return (
				<>
					workflow <a href={workflowAddress(what.do.name)}>{what.do.name}</a>
				</>
			);
	}
}
