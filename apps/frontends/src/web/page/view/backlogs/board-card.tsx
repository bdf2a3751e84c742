import type { ItemStatus } from '@errand/core/domain/backlog/item.ts';
import type { TargetedKeyboardEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Card } from '../../fold/board/cards.ts';
import { beside, COLUMNS, STATUS_WORDS, waitsFor } from '../../fold/board/columns.ts';
import { itemOf } from '../../fold/board/parts.ts';
import type { Board } from '../../state/backlog/board.ts';
import { DRAGGED } from './dragged.ts';

/** The card whose focus is to follow it into another column. */
let moved: number | undefined;

/** BoardCard is an item on the board. */
export function BoardCard({
	card,
	status,
	board,
	onMove,
	onOpen,
}: {
	readonly card: Card;
	/** The column it is in, or on its way to. */
	readonly status: ItemStatus;
	readonly board: Board;
	readonly onMove: (id: number, to: ItemStatus) => void;
	readonly onOpen: (item: number) => void;
}) {
	const { id, title, priority, subtasks, subtasksDone, complexity } = card;
	const button = useRef<HTMLButtonElement>(null);
	useEffect(() => {
		if (moved !== id) return;
		moved = undefined;
		button.current?.focus();
	}, [id]);
	const waits = status === 'done' || status === 'cancelled' ? [] : waitsFor(card, board.isDone.value);
	const next = board.next.value;
	const isNext = next !== undefined && Number(next.split('.')[0]) === id;
	const tag = board.tag.value;
	const run = board.work.now.value.runs.find(
		(one) => one.tag === tag && itemOf(one.item as `${number}.${number}`) === id,
	);
	return (
		<li
			class={`card priority-${priority}${isNext ? ' card-next' : ''}`}
			data-item={id}
			draggable
			onDragStart={(event) => {
				event.dataTransfer?.setData(DRAGGED, String(id));
				if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
			}}
		>
			<button
				type="button"
				ref={button}
				class="card-button"
				aria-keyshortcuts="Alt+ArrowLeft Alt+ArrowRight"
				onClick={() => onOpen(id)}
				onKeyDown={(event) => byKeys(event, { id, status, onMove })}
			>
				<span class="card-top">
					<span class="card-id">#{id}</span>
					{isNext && <span class="badge next-badge">{next === String(id) ? 'next' : `next: ${next}`}</span>}
					{run !== undefined && <span class="badge live-badge">running</span>}
				</span>
				<span class="card-title">{title}</span>
				<span class="card-facts">
					{priority !== 'medium' && <span class={`fact-${priority}`}>{priority}</span>}
					{subtasks > 0 && (
						<span title="Subtasks done">
							<span class="only-heard">Subtasks done: </span>☑ {subtasksDone}/{subtasks}
						</span>
					)}
					{complexity !== undefined && (
						<span class={`complexity complexity-${complexity >= 8 ? 'high' : complexity >= 5 ? 'medium' : 'low'}`}>
							<span class="only-heard">complexity </span>
							<span aria-hidden="true">◆ </span>
							{complexity}
						</span>
					)}
					{waits.length > 0 && (
						<span class="card-waits">
							waits for{' '}
							{waits
								.slice(0, 3)
								.map((one) => `#${one}`)
								.join(', ')}
							{waits.length > 3 && ` and ${waits.length - 3}`}
						</span>
					)}
					{waits.length === 0 && card.dependencies.length > 0 && status !== 'done' && (
						<span class="card-ready">dependencies done</span>
					)}
				</span>
			</button>
			<label class="card-move">
				<span class="only-heard">Move #{id}</span>
				<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
					<path d="M4 7h11M12 4l3 3-3 3M16 13H5M8 10l-3 3 3 3" />
				</svg>
				<select value={status} title="Move" onChange={(event) => onMove(id, event.currentTarget.value as ItemStatus)}>
					{COLUMNS.map((each) => (
						<option key={each} value={each}>
							{STATUS_WORDS[each]}
						</option>
					))}
				</select>
			</label>
		</li>
	);
}

/** Arrows go from card to card; with Alt they take the card along. */
function byKeys(
	event: TargetedKeyboardEvent<HTMLButtonElement>,
	{ id, status, onMove }: { id: number; status: ItemStatus; onMove: (id: number, to: ItemStatus) => void },
): void {
	const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
	if (step !== undefined && event.altKey) {
		const to = beside(status, step);
		if (to !== undefined) {
			moved = id;
			onMove(id, to);
		}
		event.preventDefault();
		return;
	}
	if (event.altKey || event.ctrlKey || event.metaKey) return;
	const column = event.currentTarget.closest<HTMLElement>('.column');
	if (column === null) return;
	const row = [...column.querySelectorAll<HTMLElement>('.card-button')];
	const here = row.indexOf(event.currentTarget);
	if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
		row[here + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
	} else if (step !== undefined) {
		const columns = [...(column.parentElement?.querySelectorAll<HTMLElement>('.column') ?? [])];
		const rest =
			step > 0 ? columns.slice(columns.indexOf(column) + 1) : columns.slice(0, columns.indexOf(column)).toReversed();
		const other = rest.find((each) => each.querySelector('.card-button') !== null);
		const cards = [...(other?.querySelectorAll<HTMLElement>('.card-button') ?? [])];
		cards[Math.min(here, cards.length - 1)]?.focus();
	} else return;
	event.preventDefault();
}
