import type { WorkflowDetail, WorkflowVersion } from '@errand/core/orchestrator/desks/workflows.ts';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { diffParts, lineDiff } from '../../fold/workflow/line-diff.ts';
import type { WorkflowApi } from '../../state/workflows/workflow-api.ts';
import { ago } from '../../text/ago.ts';
import { counted } from '../../text/amounts.ts';
import { useAction } from '../act.ts';
import { useNow } from '../clock.ts';
import { ProblemNote } from '../problem-note.tsx';

const SHOWN = 10;

interface VersionsPanelProps {
	readonly api: WorkflowApi;
	readonly workflow: WorkflowDetail;
	readonly onChange: () => void;
}

/** VersionsPanel lists what a workflow was before, shows how it differs from what it is now, and brings it back. */
export function VersionsPanel({ api, workflow, onChange }: VersionsPanelProps) {
	const { name, versions } = workflow;
	const now = useNow(true).value;
	const action = useAction();
	const all = useSignal(false);
	const opened = useSignal<WorkflowVersion | undefined>(undefined);
	if (versions.length === 0) return null;
	const shown = all.value ? versions : versions.slice(0, SHOWN);
	const look = (version: number) =>
		action.run(async () => {
			opened.value = opened.peek()?.version === version ? undefined : await api.version(name, version);
		});
	const restore = ({ text }: WorkflowVersion) =>
		action.run(async () => {
			await api.save(name, text, workflow.version);
			opened.value = undefined;
			onChange();
		});
	return (
		<section class="panel" aria-labelledby="versions">
			<h2 id="versions">Versions</h2>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
			<ol class="rows" aria-label="Versions">
				{shown.map(({ version, at, by }) => {
					const isOpen = opened.value?.version === version;
					return (
						<li key={version} class="row version-row">
							<span class="row-name">{version}</span>
							<span class="row-meta">
								{ago(at, now)} by {by}
							</span>
							{version === workflow.version ? (
								<span class="badge">in use</span>
							) : (
								<button
									type="button"
									class="button small-button"
									aria-expanded={isOpen}
									aria-label={`Compare version ${version}`}
									disabled={action.busy.value}
									onClick={() => look(version)}
								>
									{isOpen ? 'Close' : 'Compare'}
								</button>
							)}
							{isOpen && opened.value !== undefined && (
								<Opened
									workflow={workflow}
									opened={opened.value}
									busy={action.busy.value}
									onRestore={() => opened.value !== undefined && restore(opened.value)}
								/>
							)}
						</li>
					);
				})}
			</ol>
			{shown.length < versions.length && (
				<button
					type="button"
					class="quiet-button"
					onClick={() => {
						all.value = true;
					}}
				>
					Show all {versions.length}
				</button>
			)}
		</section>
	);
}

function Opened({
	workflow,
	opened,
	busy,
	onRestore,
}: {
	readonly workflow: WorkflowDetail;
	readonly opened: WorkflowVersion;
	readonly busy: boolean;
	readonly onRestore: () => void;
}) {
	const lines = useMemo(() => lineDiff(opened.text, workflow.text), [opened, workflow.text]);
	const isSame = lines.every(({ kind }) => kind === 'same');
	return (
		<section class="version-opened" aria-label={`Version ${opened.version}`}>
			<p class="muted">
				{isSame
					? `Version ${workflow.version} says the same.`
					: `What changed from version ${opened.version} to ${workflow.version}, which is in use:`}
			</p>
			{!isSame && (
				<div class="diff">
					{diffParts(lines).map((part, index) =>
						'left' in part ? (
							<p key={index} class="diff-left">
								{counted(part.left, 'line')} the same
							</p>
						) : (
							part.lines.map(({ kind, text }, line) =>
								kind === 'same' ? (
									<pre key={`${index}.${line}`}>{text}</pre>
								) : kind === 'added' ? (
									<ins key={`${index}.${line}`}>{text}</ins>
								) : (
									<del key={`${index}.${line}`}>{text}</del>
								),
							)
						),
					)}
				</div>
			)}
			<details class="version-text">
				<summary>All of version {opened.version}</summary>
				<pre class="workflow-text">{opened.text}</pre>
			</details>
			<button type="button" class="button" disabled={busy || isSame} onClick={onRestore}>
				Restore version {opened.version}
			</button>
		</section>
	);
}
