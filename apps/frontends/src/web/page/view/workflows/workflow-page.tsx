import { asJson } from '@errand/core/domain/json.ts';
import type { WorkflowDetail } from '@errand/core/orchestrator/desks/workflows.ts';
import { useEffect, useMemo } from 'preact/hooks';
import { problemsUnder } from '../../fold/workflow/problem-places.ts';
import { createFresh } from '../../state/fresh.ts';
import { designerAddress } from '../../state/route.ts';
import { useStores } from '../../state/stores.ts';
import type { WorkflowApi } from '../../state/workflows/workflow-api.ts';
import { useAction } from '../act.ts';
import { Icon } from '../icon.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { ConfirmButton } from '../settings/confirm-button.tsx';
import { GraphSight } from './graph-sight.tsx';
import { RunForm } from './run-form.tsx';
import { RunList } from './run-list.tsx';
import { StatsPanel } from './stats-panel.tsx';
import { VersionsPanel } from './versions-panel.tsx';
import { ORIGIN_WORDS } from './workflow-list.tsx';

const EVERY_MS = 15_000;

/** WorkflowPage is one workflow: what it does, how its runs went, and what can be done with it. */
export function WorkflowPage({ api, name }: { readonly api: WorkflowApi; readonly name: string }) {
	const fresh = useMemo(() => createFresh(() => api.get(name), EVERY_MS), [api, name]);
	const stats = useMemo(() => createFresh(() => api.stats(name), EVERY_MS), [api, name]);
	const runs = useMemo(() => createFresh(() => api.runs(name), EVERY_MS), [api, name]);
	useEffect(() => {
		const stops = [fresh, stats, runs].map((one) => one.watch());
		return () => {
			for (const stop of stops) stop();
		};
	}, [fresh, stats, runs]);
	const workflow = fresh.value.value;
	const problem = fresh.problem.value;
	return (
		<>
			<header class="settings-head">
				<a class="button small-button back" href="/#/workflows">
					<Icon name="back" />
					All workflows
				</a>
				<h1>{workflow?.title ?? name}</h1>
				{workflow?.description !== undefined && <p>{workflow.description}</p>}
				{workflow !== undefined && (
					<p class="row-meta">
						<code class="code">{name}</code> version {workflow.version} · {ORIGIN_WORDS[workflow.origin]}
						{!workflow.enabled && <span class="badge badge-bad">off</span>}
						{workflow.shared === true && <span class="badge">shared</span>}
					</p>
				)}
			</header>
			{problem !== undefined && <ProblemNote problem={problem} />}
			{workflow === undefined && problem === undefined && <p class="muted">Loading…</p>}
			{workflow !== undefined && (
				<>
					<Actions api={api} workflow={workflow} onChange={() => void fresh.refresh()} />
					{workflow.problems.length > 0 && (
						<section class="problem" aria-label="Problems">
							{problemsUnder(workflow.problems, []).map(({ message, line }) => (
								<p key={message}>
									{line !== undefined && `Line ${line}: `}
									{message}
								</p>
							))}
						</section>
					)}
					<RunForm api={api} workflow={workflow} />
					<section class="panel" aria-labelledby="graph-of">
						<h2 id="graph-of">Steps</h2>
						<GraphSight draft={asJson(workflow.definition)} />
					</section>
					<StatsPanel stats={stats.value.value} />
					<RunList runs={runs.value.value} />
					<section class="panel" aria-labelledby="text-of">
						<h2 id="text-of">YAML</h2>
						<pre class="panel-end workflow-text">{workflow.text}</pre>
					</section>
					<VersionsPanel
						api={api}
						workflow={workflow}
						onChange={() => void Promise.all([fresh.refresh(), stats.refresh()])}
					/>
				</>
			)}
		</>
	);
}

interface ActionsProps {
	readonly api: WorkflowApi;
	readonly workflow: WorkflowDetail;
	readonly onChange: () => void;
}

function Actions({ api, workflow, onChange }: ActionsProps) {
	const { router } = useStores();
	const action = useAction();
	const { name, origin, enabled } = workflow;
	const own = origin === 'saved' || origin === 'learned';
	return (
		<div>
			<div class="button-row workflow-actions">
				<a class="button main-button" href={designerAddress(name)}>
					{own ? 'Edit' : 'Edit a copy'}
				</a>
				<button
					type="button"
					class="button"
					disabled={action.busy.value}
					onClick={() => action.run(async () => download(`${name}.json`, await api.exported([name])))}
				>
					<Icon name="download" />
					Export
				</button>
				{own && (
					<button
						type="button"
						class="button"
						disabled={action.busy.value}
						onClick={() => action.run(() => api.setEnabled(name, !enabled).then(onChange))}
					>
						{enabled ? 'Switch off' : 'Switch on'}
					</button>
				)}
				{own && (
					<ConfirmButton
						label={`Remove ${workflow.title}`}
						question={`Remove “${workflow.title}” with all its versions? Runs that go on finish.`}
						yes="Remove"
						disabled={action.busy.value}
						onYes={() => action.run(() => api.remove(name).then(() => router.go('/#/workflows')))}
					>
						Remove…
					</ConfirmButton>
				)}
			</div>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</div>
	);
}

function download(name: string, data: object): void {
	const url = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' }));
	const link = document.createElement('a');
	link.href = url;
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
