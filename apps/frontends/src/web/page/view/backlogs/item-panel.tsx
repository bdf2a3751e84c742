import type { ItemReference } from '@errand/core/domain/backlog/item.ts';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { readDetails } from '../../fold/board/details.ts';
import { itemOf } from '../../fold/board/parts.ts';
import type { ItemView } from '../../state/backlog/backlog-api.ts';
import type { Board } from '../../state/backlog/board.ts';
import { type Problem, problemOf } from '../../state/problem.ts';
import { taskAddress } from '../../state/route.ts';
import { ago } from '../../text/ago.ts';
import { Icon } from '../icon.tsx';
import { Markdown } from '../markdown.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { Dialog } from './dialog.tsx';
import { ItemActions } from './item-actions.tsx';
import { ItemDependencies } from './item-dependencies.tsx';
import { ItemParts } from './item-parts.tsx';
import type { ItemProps } from './item-props.ts';
import { StatusChoice } from './status-choice.tsx';

/** ItemPanel is one item whole: its texts, what it waits for, its subtasks, and what can be done with it. */
export function ItemPanel({
	board,
	id,
	address,
	onClose,
}: {
	readonly board: Board;
	readonly id: number;
	readonly address: (item: number) => string;
	readonly onClose: () => void;
}) {
	const item = useSignal<ItemView | undefined>(undefined);
	const problem = useSignal<Problem | undefined>(undefined);
	const tag = board.tag.value;
	// A card that changed is another object.
	const card = board.cards.value.get(id);
	useEffect(() => {
		if (tag === undefined) return;
		let late = false;
		board.api.item(tag, id).then(
			(now) => {
				if (late) return;
				item.value = now;
				problem.value = undefined;
			},
			(error: unknown) => {
				if (!late) problem.value = problemOf(error);
			},
		);
		return () => {
			late = true;
		};
	}, [board, tag, id, card]);
	const shown = item.value;
	return (
		<Dialog label={`Task ${id}`} kind="side" onClose={onClose}>
			<header class="item-head">
				<span class="card-id">#{id}</span>
				<button type="button" class="icon-button" aria-label="Close" onClick={onClose}>
					<Icon name="close" />
				</button>
			</header>
			{problem.value !== undefined && <ProblemNote problem={problem.value} />}
			{shown === undefined && problem.value === undefined && <p class="muted">Loading…</p>}
			{shown !== undefined && problem.value === undefined && (
				<ItemBody board={board} item={shown} address={address} onClose={onClose} />
			)}
		</Dialog>
	);
}

function ItemBody({ board, item, address, onClose }: ItemProps & { readonly onClose: () => void }) {
	const { id, title, description, details, testStrategy, priority, complexityScore } = item;
	const { text, notes } = readDetails(details);
	return (
		<article class="item">
			<h2>{title}</h2>
			<div class="item-line">
				<StatusChoice board={board} id={String(id)} status={item.status} label={`Status of #${id}`} />
				<span class={`fact-${priority}`}>{priority} priority</span>
				{complexityScore !== undefined && <span class="muted">complexity {complexityScore} of 10</span>}
				<Runs board={board} id={id} />
			</div>
			{description !== '' && <Markdown text={description} />}
			<ItemActions board={board} item={item} onRemoved={onClose} />
			<ItemDependencies board={board} item={item} address={address} />
			<ItemParts board={board} item={item} address={address} />
			{text !== '' && (
				<section>
					<h3>Details</h3>
					<Markdown text={text} />
				</section>
			)}
			{testStrategy !== '' && (
				<section>
					<h3>How it is checked</h3>
					<Markdown text={testStrategy} />
				</section>
			)}
			{notes.length > 0 && (
				<section>
					<h3>Notes</h3>
					<ul class="notes">
						{notes.map((note) => (
							<li key={`${note.at} ${note.text}`}>
								<span class="row-meta">{ago(note.at, Date.now())}</span>
								<Markdown text={note.text} />
							</li>
						))}
					</ul>
				</section>
			)}
		</article>
	);
}

function Runs({ board, id }: { readonly board: Board; readonly id: number }) {
	const tag = board.tag.value;
	const runs = board.work.now.value.runs.filter((run) => run.tag === tag && itemOf(run.item as ItemReference) === id);
	return (
		<>
			{runs.map(({ item, taskId }) => (
				<a key={taskId} class="badge live-badge" href={taskAddress(taskId)}>
					{item === String(id) ? 'running' : `#${item} running`}
				</a>
			))}
		</>
	);
}
