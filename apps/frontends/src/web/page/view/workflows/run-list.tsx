import { taskWords } from '@errand/core/domain/task/status-words.ts';
import type { TaskSummary } from '@errand/core/orchestrator/desks/desk.ts';
import { taskAddress } from '../../state/route.ts';
import { ago } from '../../text/ago.ts';
import { useNow } from '../clock.ts';
import { StatusDot } from '../status.tsx';

const SHOWN = 20;

/** RunList leads to the latest runs. */
export function RunList({ runs }: { readonly runs: readonly TaskSummary[] | undefined }) {
	const now = useNow(true).value;
	if (runs === undefined || runs.length === 0) return null;
	return (
		<section class="panel" aria-labelledby="runs">
			<h2 id="runs">Latest runs</h2>
			<ul class="rows">
				{runs.slice(0, SHOWN).map((run) => (
					<li key={run.id} class="row">
						<StatusDot status={run.status} />
						<div class="row-words">
							<a href={taskAddress(run.id)}>{run.goal}</a>
							<p class="row-meta">
								{taskWords(run)} · {ago(run.endedAt ?? run.createdAt, now)}
								{run.workflow !== undefined && ` · version ${run.workflow.split('@').at(-1)}`}
							</p>
						</div>
					</li>
				))}
			</ul>
		</section>
	);
}
