import { useSignal } from '@preact/signals';
import type { ItemView } from '../../state/backlog/backlog-api.ts';
import type { Board } from '../../state/backlog/board.ts';
import { taskAddress } from '../../state/route.ts';
import { useAction } from '../act.ts';
import { ProblemNote } from '../problem-note.tsx';
import { ConfirmButton } from '../settings/confirm-button.tsx';

/** ItemActions carry an item out, split it, watch it, add to it, rewrite it and remove it. */
export function ItemActions({
	board,
	item,
	onRemoved,
}: {
	readonly board: Board;
	readonly item: ItemView;
	readonly onRemoved: () => void;
}) {
	const action = useAction();
	const note = useSignal('');
	const begun = useSignal<string | undefined>(undefined);
	const id = String(item.id);
	const tag = board.tag.value;
	const watched = board.work.now.value.watches.some((watch) => watch.tag === tag && watch.item === id);
	const running = board.work.now.value.runs.some((run) => run.tag === tag && run.item === id);
	const words = note.value.trim();
	const tell = (append: boolean) => async () => {
		const said = append ? `Noted on #${id}.` : `#${id} is being rewritten.`;
		await board.act('update_task', { id, prompt: words, append, async: true }, said);
		note.value = '';
	};
	const carryOut = async () => {
		const { errandTaskId } = await board.act<{ errandTaskId?: string }>(
			'run_task',
			{ id },
			`#${id} is being carried out.`,
		);
		begun.value = errandTaskId;
	};
	const remove = async () => {
		await board.act('remove_task', { id }, `Removed #${id}.`);
		onRemoved();
	};
	const isOver = item.status === 'done' || item.status === 'cancelled';
	return (
		<section class="item-actions" aria-label="What can be done">
			<div class="row-actions">
				<button
					type="button"
					class="button small-button main-button"
					disabled={action.busy.value || running || isOver}
					onClick={() => action.run(carryOut)}
				>
					Carry it out
				</button>
				<button
					type="button"
					class="button small-button"
					disabled={action.busy.value || item.status === 'done'}
					onClick={() => action.run(() => board.act('expand_task', { id, async: true }, `#${id} is being split.`))}
				>
					Split into subtasks
				</button>
				<button
					type="button"
					class="button small-button"
					aria-pressed={watched}
					disabled={action.busy.value}
					onClick={() =>
						action.run(() =>
							watched
								? board.act('unwatch_task', { id }, `You watch #${id} no more.`)
								: board.act('watch_task', { id }, `You are told when #${id} changes.`),
						)
					}
				>
					{watched ? 'Stop watching' : 'Watch'}
				</button>
				<ConfirmButton
					label={`Remove #${id}`}
					question={`Remove #${id} for good, and whatever refers to it?`}
					yes="Remove"
					disabled={action.busy.value}
					onYes={() => action.run(remove)}
				>
					Remove…
				</ConfirmButton>
			</div>
			{begun.value !== undefined && (
				<p class="row-meta">
					Errand is at it: <a href={taskAddress(begun.value)}>its task</a>
				</p>
			)}
			<form
				class="note-form"
				onSubmit={(event) => {
					event.preventDefault();
					if (words !== '') action.run(tell(true));
				}}
			>
				<textarea
					rows={2}
					aria-label={`Add to #${id}`}
					placeholder="What was found out, or what is to be different"
					value={note.value}
					onInput={(event) => {
						note.value = event.currentTarget.value;
					}}
				/>
				{words !== '' && (
					<div class="row-actions">
						<button type="submit" class="button small-button" disabled={action.busy.value}>
							Add as a note
						</button>
						<button
							type="button"
							class="button small-button"
							disabled={action.busy.value}
							onClick={() => action.run(tell(false))}
						>
							Rewrite the task by it
						</button>
					</div>
				)}
			</form>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</section>
	);
}
