import type { ImportChoices, ImportedWorkflows } from '@errand/core/orchestrator/desks/workflows.ts';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
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
	const leave = () => {
		found.value = undefined;
	};
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
				<Question
					name="Trust this key?"
					asked="Do you trust whoever holds this key?"
					{...{ yes: 'Trust it and take in', no: 'Leave it', leave }}
					busy={action.busy.value}
					agree={() => takeIn(file.value ?? '', { trust: true })}
				>
					<p>The file holds {result.offered.join(', ')}. Compare the fingerprint with its sender:</p>
					<p class="fingerprint">{result.fingerprint}</p>
				</Question>
			)}
			{result?.trusted === true && result.clashes.length > 0 && file.value !== undefined && (
				<Question
					name="Replace yours?"
					asked="Replace yours?"
					{...{ yes: 'Replace, as a new version', no: 'Keep mine', leave }}
					busy={action.busy.value}
					agree={() => takeIn(file.value ?? '', { replace: true })}
				>
					<p>You have something else under {result.clashes.join(', ')}. Nothing was taken in yet.</p>
				</Question>
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

function Question(props: {
	readonly name: string;
	readonly asked: string;
	readonly yes: string;
	readonly no: string;
	readonly busy: boolean;
	readonly agree: () => void;
	readonly leave: () => void;
	readonly children: ComponentChildren;
}) {
	return (
		<section class="question" aria-label={props.name}>
			<p class="question-kind">{props.asked}</p>
			{props.children}
			<div class="button-row">
				<button type="button" class="button main-button" disabled={props.busy} onClick={props.agree}>
					{props.yes}
				</button>
				<button type="button" class="button" onClick={props.leave}>
					{props.no}
				</button>
			</div>
		</section>
	);
}
