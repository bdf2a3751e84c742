import type { ItemStatus } from '@errand/core/domain/backlog/item.ts';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Card } from '../../fold/board/cards.ts';
import { COLUMNS, FOLDED, STATUS_WORDS } from '../../fold/board/columns.ts';
import type { Board } from '../../state/backlog/board.ts';
import { type Problem, problemOf } from '../../state/problem.ts';
import { ProblemNote } from '../problem-note.tsx';
import { BoardCard } from './board-card.tsx';
import { DRAGGED } from './dragged.ts';

/** Of a long column so many are drawn, and as many again whenever its end comes into sight. */
const DRAWN = 40;

/** BoardColumns shows items by status; cards are dragged, moved by a menu, or by Alt and an arrow key. */
export function BoardColumns({ board, onOpen }: { readonly board: Board; readonly onOpen: (item: number) => void }) {
	const problem = useSignal<Problem | undefined>(undefined);
	const columns = board.columns.value;
	// One card need not wait for another.
	const move = (id: number, to: ItemStatus) => {
		problem.value = undefined;
		board.move(id, to).catch((error: unknown) => {
			problem.value = problemOf(error);
		});
	};
	const isEmpty = board.loaded.value && board.cards.value.size === 0;
	return (
		<>
			{problem.value !== undefined && <ProblemNote problem={problem.value} />}
			{isEmpty && (
				<p class="muted board-empty">
					Nothing is in this tag yet. Add a task, or have an agent read a document with{' '}
					<code class="code">parse_prd</code>.
				</p>
			)}
			<div class="columns">
				{COLUMNS.map((status) => (
					<Column key={status} status={status} cards={columns[status]} board={board} onMove={move} onOpen={onOpen} />
				))}
			</div>
		</>
	);
}

interface ColumnProps {
	readonly status: ItemStatus;
	readonly cards: readonly Card[];
	readonly board: Board;
	readonly onMove: (id: number, to: ItemStatus) => void;
	readonly onOpen: (item: number) => void;
}

function Column({ status, cards, board, onMove, onOpen }: ColumnProps) {
	const open = useSignal(!FOLDED.includes(status));
	const over = useSignal(false);
	const drawn = useSignal(DRAWN);
	const words = STATUS_WORDS[status];
	return (
		<section
			class={`column column-${status}${open.value ? '' : ' column-folded'}${over.value ? ' column-over' : ''}`}
			aria-label={`${words}, ${cards.length}`}
			data-status={status}
			onDragOver={(event) => {
				if (event.dataTransfer?.types.includes(DRAGGED) !== true) return;
				event.preventDefault();
				event.dataTransfer.dropEffect = 'move';
				over.value = true;
			}}
			onDragLeave={(event) => {
				if (!(event.relatedTarget instanceof Node) || !event.currentTarget.contains(event.relatedTarget))
					over.value = false;
			}}
			onDrop={(event) => {
				event.preventDefault();
				over.value = false;
				const id = Number(event.dataTransfer?.getData(DRAGGED));
				if (id > 0) onMove(id, status);
			}}
		>
			<h2>
				<button
					type="button"
					class="column-head"
					aria-expanded={open.value}
					onClick={() => {
						open.value = !open.value;
					}}
				>
					<span class={`column-dot dot-${status}`} aria-hidden="true" />
					{words} <span class="count">{cards.length.toLocaleString('en-US')}</span>
				</button>
			</h2>
			{open.value && (
				<ul class="cards">
					{cards.slice(0, drawn.value).map((card) => (
						<BoardCard key={card.id} card={card} status={status} board={board} onMove={onMove} onOpen={onOpen} />
					))}
					{cards.length > drawn.value && (
						<More
							left={cards.length - drawn.value}
							onMore={() => {
								drawn.value += DRAWN;
							}}
						/>
					)}
				</ul>
			)}
		</section>
	);
}

function More({ left, onMore }: { readonly left: number; readonly onMore: () => void }) {
	const end = useRef<HTMLLIElement>(null);
	const latest = useRef(onMore);
	latest.current = onMore;
	useEffect(() => {
		if (end.current === null) return;
		const sight = new IntersectionObserver(
			(entries) => {
				if (entries.some(({ isIntersecting }) => isIntersecting)) latest.current();
			},
			{ root: end.current.closest('.cards'), rootMargin: '300px' },
		);
		sight.observe(end.current);
		return () => sight.disconnect();
		// Seen anew after each step, because what is in sight already tells nothing of itself.
	}, [left]);
	return (
		<li class="more-cards" ref={end}>
			<button type="button" class="quiet-button" onClick={onMore}>
				{left.toLocaleString('en-US')} more
			</button>
		</li>
	);
}
