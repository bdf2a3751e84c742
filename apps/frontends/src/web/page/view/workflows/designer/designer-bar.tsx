import { useSignal } from '@preact/signals';
import { textOf } from '../../../fold/workflow/draft.ts';
import { problemsUnder } from '../../../fold/workflow/problem-places.ts';
import { designerAddress, workflowAddress } from '../../../state/route.ts';
import { useStores } from '../../../state/stores.ts';
import type { Designer } from '../../../state/workflows/designer.ts';
import { counted } from '../../../text/amounts.ts';
import { useAction } from '../../act.ts';
import { Icon } from '../../icon.tsx';
import { ProblemNote } from '../../problem-note.tsx';

/** DesignerBar names the workflow, says how it is, and saves it. */
export function DesignerBar({ designer, onTry }: { readonly designer: Designer; readonly onTry: () => void }) {
	const { api, router } = useStores();
	const action = useAction();
	const said = useSignal('');
	const draft = designer.draft.value;
	const name = textOf(draft, 'name');
	const version = designer.baseVersion.value;
	const count = problemsUnder(designer.problems.value, []).length;
	const save = (baseVersion?: number) =>
		action.run(async () => {
			const made = await designer.save(baseVersion);
			said.value = `Saved as version ${made.version}.`;
			// What is shown is that one from now on, without reading it anew.
			history.replaceState(null, '', designerAddress(made.name));
		});
	const saveOver = () =>
		action.run(async () => {
			const { version: theirs } = await api.ask<{ version: number }>(
				'GET',
				`/v1/workflows/${encodeURIComponent(name)}`,
			);
			const made = await designer.save(theirs);
			said.value = `Saved as version ${made.version}.`;
			history.replaceState(null, '', designerAddress(made.name));
		});
	const conflict = action.problem.value?.code === 'version-conflict';
	return (
		<header class="designer-bar">
			<a
				class="icon-button"
				href={version === undefined ? '/#/workflows' : workflowAddress(name)}
				aria-label="Back"
				onClick={(event) => {
					if (designer.changed.peek() && designer.text.peek() !== '' && !confirm('Leave without saving?'))
						event.preventDefault();
				}}
			>
				<Icon name="back" />
			</a>
			<h1>{textOf(draft, 'title') || name}</h1>
			<span class="muted designer-version">{version === undefined ? 'not saved yet' : `version ${version}`}</span>
			<span class={`designer-state${count > 0 ? ' is-wrong' : ''}`} role="status">
				{designer.busy.value
					? 'Checking…'
					: count > 0
						? counted(count, 'problem')
						: said.value !== '' && !designer.changed.value
							? said.value
							: 'No problems'}
			</span>
			<div class="designer-actions">
				<button
					type="button"
					class="icon-button undo"
					aria-label="Undo"
					title="Undo (Ctrl+Z)"
					disabled={!designer.canUndo.value}
					onClick={designer.undo}
				>
					<Icon name="retry" />
				</button>
				<button
					type="button"
					class="icon-button"
					aria-label="Redo"
					title="Redo (Ctrl+Shift+Z)"
					disabled={!designer.canRedo.value}
					onClick={designer.redo}
				>
					<Icon name="retry" />
				</button>
				<button type="button" class="button" onClick={onTry}>
					Try it
				</button>
				<button
					type="button"
					class="button main-button"
					disabled={action.busy.value || count > 0 || designer.unreadable.value}
					onClick={() => save()}
				>
					Save
				</button>
			</div>
			{designer.trouble.value !== undefined && <ProblemNote problem={designer.trouble.value} />}
			{action.problem.value !== undefined && (
				<ProblemNote problem={action.problem.value}>
					{conflict && (
						<div class="button-row">
							<button type="button" class="button" onClick={() => router.go(workflowAddress(name))}>
								Look at the saved one
							</button>
							<button type="button" class="button" onClick={saveOver}>
								Save mine over it
							</button>
						</div>
					)}
				</ProblemNote>
			)}
		</header>
	);
}
