import type { ImportChoices, ImportedWorkflows } from '@errand/core/orchestrator/desks/workflows.ts';
import { useSignal } from '@preact/signals';
import type { WorkflowApi } from '../../state/workflows/workflow-api.ts';
import { useAction } from '../act.ts';
import { ProblemNote } from '../problem-note.tsx';

/** ImportFile takes in a file of another installation; a key that is not known yet is asked about first. */
export function ImportFile({ api, onDone }: { readonly api: WorkflowApi; readonly onDone: () => void }) {
	const action = useAction();
	const file = useSignal<string | undefined>(undefined);
	const found = useSignal<ImportedWorkflows | undefined>(undefined);
	const takeIn = (text: string, choices: ImportChoices) =>
		action.run(async () => {
			file.value = text;
			found.value = await api.takeIn(text, choices);
			if (found.value.names.length > 0) onDone();
		});
	const result = found.value;
	return (
		<section class="panel" aria-labelledby="import">
			<h2 id="import">Take in a file</h2>
			<p class="muted">Workflows that another installation exported, signed with its key.</p>
			<label class="button small-button file-button panel-end">
				Choose a file…
				<input
					type="file"
					accept=".json,application/json"
					class="only-heard"
					onChange={(event) => {
						const chosen = event.currentTarget.files?.[0];
						event.currentTarget.value = '';
						if (chosen !== undefined) void chosen.text().then((text) => takeIn(text, {}));
					}}
				/>
			</label>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
			{result !== undefined && !result.trusted && file.value !== undefined && (
				<section class="question" aria-label="Trust this key?">
					<p class="question-kind">Do you trust whoever holds this key?</p>
					<p>The file holds {result.offered.join(', ')}. Compare the fingerprint with its sender:</p>
					<p class="fingerprint">{result.fingerprint}</p>
					<div class="button-row">
						<button
							type="button"
							class="button main-button"
							disabled={action.busy.value}
							onClick={() => takeIn(file.value ?? '', { trust: true })}
						>
							Trust it and take in
						</button>
						<button
							type="button"
							class="button"
							onClick={() => {
								found.value = undefined;
							}}
						>
							Leave it
						</button>
					</div>
				</section>
			)}
			{result?.trusted === true && result.clashes.length > 0 && file.value !== undefined && (
				<section class="question" aria-label="Replace yours?">
					<p class="question-kind">Replace yours?</p>
					<p>You have something else under {result.clashes.join(', ')}. Nothing was taken in yet.</p>
					<div class="button-row">
						<button
							type="button"
							class="button main-button"
							disabled={action.busy.value}
							onClick={() => takeIn(file.value ?? '', { replace: true })}
						>
							Replace, as a new version
						</button>
						<button
							type="button"
							class="button"
							onClick={() => {
								found.value = undefined;
							}}
						>
							Keep mine
						</button>
					</div>
				</section>
			)}
			{result?.trusted === true && result.clashes.length === 0 && (
				<div role="status" class="panel-end">
					<p>Took in {result.names.join(', ') || 'nothing new'}.</p>
					{result.missing.map(({ name, capabilities }) => (
						<p key={name} class="muted">
							{name} needs what is not here: {capabilities.join(', ')}.
						</p>
					))}
				</div>
			)}
		</section>
	);
}
