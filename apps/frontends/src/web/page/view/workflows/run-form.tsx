import type { JsonObject } from '@errand/core/domain/json.ts';
import type { WorkflowSummary } from '@errand/core/orchestrator/desks/workflows.ts';
import { useSignal } from '@preact/signals';
import { membersOf } from '../../fold/workflow/schema-field.ts';
import { taskAddress } from '../../state/route.ts';
import { useStores } from '../../state/stores.ts';
import type { WorkflowApi } from '../../state/workflows/workflow-api.ts';
import { useAction } from '../act.ts';
import { ProblemNote } from '../problem-note.tsx';
import { InputFields } from './input-fields.tsx';

/** RunForm runs a workflow with an input, and goes to its task. */
export function RunForm({ api, workflow }: { readonly api: WorkflowApi; readonly workflow: WorkflowSummary }) {
	const { router } = useStores();
	const action = useAction();
	const input = useSignal<JsonObject>({});
	const { name, enabled, problems } = workflow;
	const run = async () => {
		const { id } = await api.run(name, input.peek());
		router.go(taskAddress(id));
	};
	return (
		<section class="panel" aria-labelledby="run">
			<h2 id="run">Run it</h2>
			<form
				onSubmit={(event) => {
					event.preventDefault();
					action.run(run);
				}}
			>
				{membersOf(workflow.input).length > 0 && (
					<InputFields
						schema={workflow.input}
						value={input.value}
						onChange={(value) => {
							input.value = value;
						}}
					/>
				)}
				<button
					type="submit"
					class="button main-button panel-end"
					disabled={action.busy.value || !enabled || problems.length > 0}
				>
					Run
				</button>
			</form>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</section>
	);
}
