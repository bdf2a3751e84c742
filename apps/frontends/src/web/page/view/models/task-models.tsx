import '../../style/settings.css';
import '../../style/usage.css';
import { formatCost } from '@errand/core/domain/amounts.ts';
import type { RecordedTaskFact } from '@errand/core/domain/task/facts.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import { stepModels } from '../../fold/task-models.ts';
import { counted } from '../../text/amounts.ts';

/** TaskModelsSection shows which models each step of a task went to, why those, and what that cost. */
export function TaskModelsSection({
	task,
	facts,
}: {
	readonly task: TaskView;
	readonly facts: readonly RecordedTaskFact[];
}) {
	const steps = stepModels(facts);
	const total = formatCost(task.cost);
	return (
		<section class="task-models" aria-labelledby="task-models">
			<h2 id="task-models">Language models</h2>
			<div class="wide-table">
				<table class="figures">
					<thead>
						<tr>
							<th scope="col">Step</th>
							<th scope="col">Model</th>
							<th scope="col">Cost</th>
						</tr>
					</thead>
					<tbody>
						{steps.flatMap(({ stepId, uses }) =>
							uses.map((use) => (
								<tr key={`${stepId} ${use.model} ${use.purpose} ${use.reason}`}>
									<th scope="row">{titleOf(task, stepId)}</th>
									<td>
										<code class="code">{use.model}</code>
										<p class="row-meta">
											{use.purpose} · {use.reason}
										</p>
									</td>
									<td>
										{formatCost(use) || 'free'}
										<p class="row-meta">{counted(use.calls, 'call')}</p>
									</td>
								</tr>
							)),
						)}
					</tbody>
					{total !== '' && (
						<tfoot>
							<tr>
								<th scope="row">Together</th>
								<td />
								<td>{total}</td>
							</tr>
						</tfoot>
					)}
				</table>
			</div>
		</section>
	);
}

function titleOf(task: TaskView, stepId: string | undefined): string {
	if (stepId === undefined) return 'Planning';
	return task.plan.steps.find(({ id }) => id === stepId)?.title ?? stepId;
}
