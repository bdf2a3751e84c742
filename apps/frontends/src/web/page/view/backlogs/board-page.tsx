import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { backlogApi } from '../../state/backlog/backlog-api.ts';
import { type Board, createBoard } from '../../state/backlog/board.ts';
import { boardAddress } from '../../state/route.ts';
import { useStores } from '../../state/stores.ts';
import { lazily } from '../lazily.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { AddItem } from './add-item.tsx';
import { BoardBar } from './board-bar.tsx';
import { BoardColumns } from './board-columns.tsx';
import { ItemPanel } from './item-panel.tsx';
import { WorkStrip } from './work-strip.tsx';

const Graph = lazily<{ readonly board: Board; readonly address: (item: number) => string }>(
	async () => (await import('./graph-view.tsx')).GraphView,
);

/** BoardPage is one backlog: its items in columns or as a graph, what goes on, and the item that is open. */
export function BoardPage({ id, item }: { readonly id: string; readonly item: number | undefined }) {
	const { api, router } = useStores();
	const board = useMemo(() => createBoard(backlogApi(api.ask, id)), [api, id]);
	const view = useSignal<'board' | 'graph'>('board');
	const adding = useSignal(false);
	useEffect(() => board.watch(), [board]);
	const address = (wanted?: number) => boardAddress(id, wanted);
	const open = (wanted?: number) => router.go(address(wanted));
	const problem = board.problem.value;
	return (
		<div class="board-page">
			<BoardBar
				board={board}
				backlog={id}
				view={view}
				onAdd={() => {
					adding.value = true;
				}}
			/>
			{problem !== undefined && <ProblemNote problem={problem} />}
			<WorkStrip board={board} />
			{board.tag.value === undefined && problem === undefined && <p class="muted board-empty">Loading…</p>}
			{board.tag.value !== undefined &&
				(view.value === 'board' ? (
					<BoardColumns board={board} onOpen={open} />
				) : (
					<Graph board={board} address={address} />
				))}
			{item !== undefined && board.tag.value !== undefined && (
				<ItemPanel key={item} board={board} id={item} address={address} onClose={() => open()} />
			)}
			{adding.value && (
				<AddItem
					board={board}
					onClose={() => {
						adding.value = false;
					}}
				/>
			)}
			<p class="settings-done board-done" role="status">
				{board.done.value}
			</p>
		</div>
	);
}
