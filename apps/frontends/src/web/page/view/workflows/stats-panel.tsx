import { formatDuration } from '@errand/core/domain/amounts.ts';
import type { WorkflowStats } from '@errand/core/orchestrator/desks/workflows.ts';
import { counted } from '../../text/amounts.ts';

/** StatsPanel says how runs went, and how long each step takes. */
export function StatsPanel({ stats }: { readonly stats: WorkflowStats | undefined }) {
	if (stats === undefined || stats.runs === 0) return null;
	const { runs, done, failed, cancelled, running, timed, successRate, durationMs, steps } = stats;
	const longest = Math.max(1, ...steps.map(({ p95 }) => p95));
	return (
		<section class="panel" aria-labelledby="stats">
			<h2 id="stats">How runs went</h2>
			<p class="panel-end">
				{counted(runs, 'run')}
				{successRate !== undefined && `: ${Math.round(successRate * 100)} % done`}
				<span class="muted">
					{` · ${done} done, ${failed} failed, ${cancelled} cancelled${running > 0 ? `, ${running} going on` : ''}`}
					{durationMs !== undefined && ` · half within ${took(durationMs.p50)}, 95 % within ${took(durationMs.p95)}`}
				</span>
			</p>
			{timed < runs && <p class="muted">Times are of the latest {timed} runs.</p>}
			{steps.length > 0 && (
				<div class="table-frame">
					<table class="stats">
						<thead>
							<tr>
								<th scope="col">Step</th>
								<th scope="col">Runs</th>
								<th scope="col">Failed</th>
								<th scope="col">Median</th>
								<th scope="col">95 %</th>
								<td />
							</tr>
						</thead>
						<tbody>
							{steps.map((step) => (
								<tr key={step.id}>
									<th scope="row">{step.id}</th>
									<td>{step.runs}</td>
									<td>{step.failed}</td>
									<td>{took(step.p50)}</td>
									<td>{took(step.p95)}</td>
									<td class="bar-cell" aria-hidden="true">
										<meter class="time-bar" min={0} max={longest} value={step.p95} />
									</td>
								</tr>
							))}
						</tbody>
					</table>
				</div>
			)}
		</section>
	);
}

function took(ms: number): string {
	return ms < 1_000 ? `${Math.round(ms)} ms` : formatDuration(ms);
}
