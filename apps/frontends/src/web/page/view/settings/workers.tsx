import type { WorkerOrder } from '@errand/core/ports/worker-registry.ts';
import type { System } from '../../state/system.ts';
import type { Worker } from '../../state/system-api.ts';
import { counted, lasting, megabytes } from '../../text/amounts.ts';
import { useAction } from '../act.ts';
import { useNow } from '../clock.ts';
import { ProblemNote } from '../problem-note.tsx';
import { ConfirmButton } from './confirm-button.tsx';

const STATES: Readonly<Record<Worker['state'], { readonly words: string; readonly tone: string }>> = {
	IDLE: { words: 'starting', tone: 'stopped' },
	WAITING: { words: 'free', tone: 'ready' },
	BUSY: { words: 'busy', tone: 'live' },
	ERROR: { words: 'backing off', tone: 'degraded' },
	SHUTDOWN: { words: 'finishing', tone: 'stopped' },
};

/** Workers lists who carries out steps, and lets the owner tell them what to do. */
export function Workers({ system, workers }: { readonly system: System; readonly workers: readonly Worker[] }) {
	return (
		<section class="panel" aria-labelledby="workers">
			<h2 id="workers">
				Workers <span class="badge">{workers.length}</span>
			</h2>
			{workers.length === 0 ? (
				<p class="muted">None is running, so no step goes on. Start one with `npm run worker`.</p>
			) : (
				<ul class="rows">
					{workers.map((worker) => (
						<WorkerRow key={worker.id} system={system} worker={worker} />
					))}
				</ul>
			)}
		</section>
	);
}

function WorkerRow({ system, worker }: { readonly system: System; readonly worker: Worker }) {
	const action = useAction();
	const now = useNow(true).value;
	const { id, running, sessions, load, pool, paused, state } = worker;
	const { words, tone } = paused && state !== 'SHUTDOWN' ? { words: 'paused', tone: 'degraded' } : STATES[state];
	const tell = (order: WorkerOrder, said: string) =>
		action.run(() => system.act(() => system.api.order(id, order), said));
	return (
		<li class="row worker">
			<div class="row-words">
				<p class="row-name">{id}</p>
				<p class={`row-state state-${tone}`}>
					<span class="state-dot" aria-hidden="true" />
					{words}
					{running.length > 0 && `, ${counted(running.length, 'step')}`}
				</p>
				{worker.error !== undefined && <p class="row-message">{worker.error}</p>}
				<p class="row-meta">
					{[
						`version ${worker.release}`,
						// Most names begin with the machine's.
						...(id.startsWith(worker.host) ? [] : [`on ${worker.host}`]),
						...(pool === undefined ? [] : [`pool ${pool}`]),
						...(sessions === 0 ? [] : [counted(sessions, 'session')]),
						megabytes(worker.memoryBytes),
						`up ${lasting(now - worker.startedAt)}`,
						...troubles(worker),
					].join(' · ')}
				</p>
				<p class="load">
					<meter min={0} max={1} value={load} aria-label={`Load of ${id}`} />
					<span class="row-meta">{Math.round(load * 100)} % of its places</span>
				</p>
				{running.length > 0 && (
					<ul class="running" aria-label={`Steps running on ${id}`}>
						{running.slice(0, 8).map(({ taskId, stepId, capability, since }) => (
							<li key={`${taskId}.${stepId}`}>
								<code class="code">{capability}</code> for {lasting(now - since)}
							</li>
						))}
						{running.length > 8 && <li>and {running.length - 8} more</li>}
					</ul>
				)}
			</div>
			{state !== 'SHUTDOWN' && (
				<div class="row-actions">
					<button
						type="button"
						class="button small-button"
						aria-label={`${paused ? 'Resume' : 'Pause'} ${id}`}
						disabled={action.busy.value}
						onClick={() =>
							paused ? tell('resume', `${id} takes steps again.`) : tell('pause', `${id} takes nothing new.`)
						}
					>
						{paused ? 'Resume' : 'Pause'}
					</button>
					<ConfirmButton
						label={`Drain ${id}`}
						question={`Have ${id} finish what runs there and exit?`}
						yes="Drain"
						disabled={action.busy.value}
						onYes={() => tell('drain', `${id} finishes and exits.`)}
					>
						Drain…
					</ConfirmButton>
				</div>
			)}
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</li>
	);
}

/** What fails there, the worst first. */
function troubles({ capabilities }: Worker): string[] {
	return capabilities
		.flatMap(({ name, successRate = 1 }) => (successRate < 1 ? [{ name, successRate }] : []))
		.toSorted((a, b) => a.successRate - b.successRate)
		.slice(0, 3)
		.map(({ name, successRate }) => `${name} succeeds in ${Math.floor(successRate * 100)} %`);
}
