import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { CardFilter } from '../../fold/board/columns.ts';
import { listBacklogs } from '../../state/backlog/backlog-api.ts';
import type { Board } from '../../state/backlog/board.ts';
import { createFresh } from '../../state/fresh.ts';
import { useStores } from '../../state/stores.ts';
import { Icon } from '../icon.tsx';
import { BoardTools } from './board-tools.tsx';
import '../../style/switch.css';

const EVERY_MS = 30_000;

/** BoardBar says which backlog and tag is shown, and finds, filters and adds items. */
export function BoardBar({
	board,
	backlog,
	view,
	onAdd,
}: {
	readonly board: Board;
	readonly backlog: string;
	readonly view: Signal<'board' | 'graph'>;
	readonly onAdd: () => void;
}) {
	const { ask } = useStores().api;
	const all = useMemo(() => createFresh(() => listBacklogs(ask), EVERY_MS), [ask]);
	useEffect(() => all.watch(), [all]);
	const tools = useSignal(false);
	const name = all.value.value?.find(({ id }) => id === backlog)?.name;
	const filter = board.filter.value;
	const change = (changes: Partial<CardFilter>) => {
		board.filter.value = { ...filter, ...changes };
	};
	return (
		<header class={`board-bar${tools.value ? ' tools-open' : ''}`}>
			<div class="board-line">
				<a class="back" href="/#/backlogs" aria-label="All backlogs">
					<Icon name="back" />
				</a>
				<h1>{name ?? 'Backlog'}</h1>
				<Tags board={board} />
				<fieldset class="switch">
					<legend class="only-heard">Show as</legend>
					{(['board', 'graph'] as const).map((each) => (
						<button
							key={each}
							type="button"
							aria-pressed={view.value === each}
							onClick={() => {
								view.value = each;
							}}
						>
							{each === 'board' ? 'Board' : 'Graph'}
						</button>
					))}
				</fieldset>
			</div>
			<div class="board-line">
				<input
					type="search"
					class="board-search"
					placeholder="Find by words or #number"
					aria-label="Find tasks"
					value={filter.words}
					onInput={(event) => change({ words: event.currentTarget.value })}
				/>
				<select
					class={`board-filter${filter.priority === 'all' ? '' : ' filter-set'}`}
					aria-label="Priority"
					value={filter.priority}
					onChange={(event) => change({ priority: event.currentTarget.value as CardFilter['priority'] })}
				>
					<option value="all">Any priority</option>
					<option value="high">High</option>
					<option value="medium">Medium</option>
					<option value="low">Low</option>
				</select>
				<select
					class={`board-filter${filter.state === 'all' ? '' : ' filter-set'}`}
					aria-label="Dependencies"
					value={filter.state}
					onChange={(event) => change({ state: event.currentTarget.value as CardFilter['state'] })}
				>
					<option value="all">Ready or waiting</option>
					<option value="ready">Ready</option>
					<option value="waiting">Waiting for others</option>
				</select>
				<button
					type="button"
					class="button small-button"
					aria-expanded={tools.value}
					aria-controls="board-tools"
					onClick={() => {
						tools.value = !tools.value;
					}}
				>
					Tools
				</button>
				<button type="button" class="button small-button main-button" onClick={onAdd}>
					Add a task
				</button>
			</div>
			{tools.value && <BoardTools board={board} />}
		</header>
	);
}

function Tags({ board }: { readonly board: Board }) {
	const tags = board.tags.value;
	const shown = board.tag.value;
	if (shown === undefined) return null;
	return (
		<label class="field tag-field">
			<span class="muted">Tag</span>
			<select aria-label="Tag" value={shown} onChange={(event) => board.show(event.currentTarget.value)}>
				{tags.map(({ name, taskCount, completedTasks, isCurrent }) => (
					<option key={name} value={name}>
						{`${name} · ${completedTasks}/${taskCount}${isCurrent ? ' · current' : ''}`}
					</option>
				))}
			</select>
		</label>
	);
}
