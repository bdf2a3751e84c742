import type { WorkflowStats, WorkflowSummary } from '@errand/core/orchestrator/desks/workflows.ts';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { createFresh } from '../../state/fresh.ts';
import { workflowAddress } from '../../state/route.ts';
import type { WorkflowApi } from '../../state/workflows/workflow-api.ts';
import { counted } from '../../text/amounts.ts';
import { ProblemNote } from '../problem-note.tsx';
import { ImportFile } from './import-file.tsx';

const EVERY_MS = 15_000;

/** ORIGIN_WORDS say where a workflow comes from. */
export const ORIGIN_WORDS: Readonly<Record<WorkflowSummary['origin'], string>> = {
	shipped: 'comes with Errand',
	file: 'a file',
	code: 'code',
	saved: 'saved',
	learned: 'learned',
};

/** WorkflowList shows the workflows one may run, with how runs of each went. */
export function WorkflowList({ api }: { readonly api: WorkflowApi }) {
	const fresh = useMemo(() => createFresh(api.list, EVERY_MS), [api]);
	useEffect(() => fresh.watch(), [fresh]);
	const search = useSignal('');
	const all = fresh.value.value;
	const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
	const shown = all?.filter(({ name, title, description = '' }) => {
		const text = `${name} ${title} ${description}`.toLowerCase();
		return words.every((word) => text.includes(word));
	});
	return (
		<>
			<header class="settings-head workflows-head">
				<h1>Workflows</h1>
				<a class="button main-button" href="/#/designer">
					New workflow
				</a>
				<p class="muted">Prepared plans: steps that run the same way each time, with an input.</p>
			</header>
			{fresh.problem.value !== undefined && <ProblemNote problem={fresh.problem.value} />}
			<section class="panel" aria-label="All workflows">
				<input
					type="search"
					class="find"
					aria-label="Find workflows"
					placeholder="Find by name or words"
					value={search.value}
					onInput={(event) => {
						search.value = event.currentTarget.value;
					}}
				/>
				{all === undefined && <p class="muted">Loading…</p>}
				{shown?.length === 0 && <p class="muted">{all?.length === 0 ? 'None yet.' : 'Nothing fits.'}</p>}
				<ul class="rows" aria-label="Workflows">
					{shown?.map((one) => (
						<Row key={one.name} api={api} workflow={one} />
					))}
				</ul>
			</section>
			<ImportFile api={api} onDone={() => void fresh.refresh()} />
		</>
	);
}

function Row({ api, workflow }: { readonly api: WorkflowApi; readonly workflow: WorkflowSummary }) {
	const { name, title, description, version, origin, enabled, problems } = workflow;
	const stats = useSignal<WorkflowStats | undefined>(undefined);
	useEffect(() => {
		let gone = false;
		api.stats(name).then(
			(found) => {
				if (!gone) stats.value = found;
			},
			() => undefined,
		);
		return () => {
			gone = true;
		};
	}, [name]);
	return (
		<li class="row workflow-row">
			<div class="row-words">
				<p class="row-name">
					<a href={workflowAddress(name)}>{title}</a>
				</p>
				{description !== undefined && <p class="workflow-about">{description}</p>}
				<p class="row-meta">
					<code class="code">{name}</code> version {version} · {ORIGIN_WORDS[origin]}
					{stats.value !== undefined && stats.value.runs > 0 && ` · ${runWords(stats.value)}`}
				</p>
			</div>
			{!enabled && <span class="badge badge-bad">off</span>}
			{problems.length > 0 && <span class="badge badge-bad">{counted(problems.length, 'problem')}</span>}
		</li>
	);
}

/** runWords says how runs went: `12 runs, 92 % done`. */
export function runWords({ runs, successRate }: WorkflowStats): string {
	const done = successRate === undefined ? '' : `, ${Math.round(successRate * 100)} % done`;
	return `${counted(runs, 'run')}${done}`;
}
