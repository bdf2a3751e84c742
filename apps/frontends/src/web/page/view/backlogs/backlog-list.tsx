import type { BacklogSummary } from '@errand/core/orchestrator/desks/backlog.ts';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { backlogApi, listBacklogs } from '../../state/backlog/backlog-api.ts';
import { createFresh } from '../../state/fresh.ts';
import { boardAddress } from '../../state/route.ts';
import { useStores } from '../../state/stores.ts';
import { useAction } from '../act.ts';
import { ProblemNote } from '../problem-note.tsx';

const EVERY_MS = 3_000;

/** BacklogList leads to one's backlogs, and makes one for a folder. */
export function BacklogList() {
	const { ask } = useStores().api;
	const backlogs = useMemo(() => createFresh(() => listBacklogs(ask), EVERY_MS), [ask]);
	useEffect(() => backlogs.watch(), [backlogs]);
	const all = backlogs.value.value;
	const problem = backlogs.problem.value;
	return (
		<div class="scroller">
			<div class="settings">
				<header class="settings-head">
					<h1>Backlogs</h1>
					<p class="muted">What is to be done in your projects. Editors and agents work on the same lists over MCP.</p>
				</header>
				{problem !== undefined && <ProblemNote problem={problem} />}
				{all === undefined && problem === undefined && <p class="muted">Loading…</p>}
				{all !== undefined && all.length > 0 && (
					<ul class="backlogs" aria-label="Your backlogs">
						{all.map((backlog) => (
							<Row key={backlog.id} backlog={backlog} />
						))}
					</ul>
				)}
				{all?.length === 0 && <p class="muted">None yet.</p>}
				{all !== undefined && <NewBacklog />}
			</div>
		</div>
	);
}

function Row({ backlog }: { readonly backlog: BacklogSummary }) {
	const { id, name, items, done, currentTag, projectRoot } = backlog;
	return (
		<li>
			<a class="panel backlog-link" href={boardAddress(id)}>
				<span class="row-name">{name}</span>
				<span class="row-meta">
					{done} of {items} done · tag {currentTag}
				</span>
				{projectRoot !== undefined && <span class="row-meta backlog-root">{projectRoot}</span>}
				<progress max={Math.max(1, items)} value={done} aria-label={`Done of ${name}`} />
			</a>
		</li>
	);
}

function NewBacklog() {
	const { api, router } = useStores();
	const action = useAction();
	const folder = useSignal('');
	const make = async () => {
		const backlog = backlogApi(api.ask, folder.value.trim());
		await backlog.call('initialize_project', {});
		const made = await listBacklogs(api.ask);
		const mine = made.find(({ projectRoot }) => projectRoot === folder.value.trim().replace(/\/+$/, '')) ?? made[0];
		if (mine !== undefined) router.go(boardAddress(mine.id));
	};
	return (
		<section class="panel" aria-labelledby="new-backlog">
			<h2 id="new-backlog">Open a project</h2>
			<p class="muted">
				Its <code class="code">tasks.json</code> is read, or made, and kept in step with the board.
			</p>
			<form
				class="field-row"
				onSubmit={(event) => {
					event.preventDefault();
					action.run(make);
				}}
			>
				<input
					type="text"
					required
					autocomplete="off"
					spellcheck={false}
					placeholder="/home/me/project"
					aria-label="Folder of the project, on the server’s machine"
					value={folder.value}
					onInput={(event) => {
						folder.value = event.currentTarget.value;
					}}
				/>
				<button type="submit" class="button main-button" disabled={action.busy.value || folder.value.trim() === ''}>
					Open
				</button>
			</form>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</section>
	);
}
