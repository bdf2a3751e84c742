import type { QueueDepth } from '@errand/core/ports/job-queue.ts';
import { lasting } from '../../text/amounts.ts';

/** Queues shows what waits and what runs, by capability. */
export function Queues({ queues }: { readonly queues: readonly QueueDepth[] }) {
	return (
		<section class="panel" aria-labelledby="queues">
			<h2 id="queues">Queues</h2>
			{queues.length === 0 ? (
				<p class="muted">Nothing waits and nothing runs.</p>
			) : (
				<table class="figures">
					<thead>
						<tr>
							<th scope="col">Capability</th>
							<th scope="col">Waiting</th>
							<th scope="col">Running</th>
							<th scope="col">Longest wait</th>
						</tr>
					</thead>
					<tbody>
						{queues.map(({ capability, waiting, running, oldestWaitMs }) => (
							<tr key={capability}>
								<th scope="row">{capability}</th>
								<td>{waiting}</td>
								<td>{running}</td>
								<td>{waiting === 0 ? '–' : lasting(oldestWaitMs)}</td>
							</tr>
						))}
					</tbody>
				</table>
			)}
		</section>
	);
}
