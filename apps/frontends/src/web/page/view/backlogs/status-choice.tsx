import type { ItemStatus } from '@errand/core/domain/backlog/item.ts';
import { COLUMNS, STATUS_WORDS } from '../../fold/board/columns.ts';
import type { Board } from '../../state/backlog/board.ts';
import { useAction } from '../act.ts';
import { ProblemNote } from '../problem-note.tsx';

/** StatusChoice sets a status of an item or a subtask. */
export function StatusChoice({
	board,
	id,
	status,
	label,
}: {
	readonly board: Board;
	readonly id: string;
	readonly status: ItemStatus;
	readonly label: string;
}) {
	const action = useAction();
	const set = (to: ItemStatus) =>
		id.includes('.')
			? board.act('set_task_status', { id, status: to }, `#${id} is ${STATUS_WORDS[to].toLowerCase()} now.`)
			: board.move(Number(id), to);
	return (
		<>
			<select
				class={`status-choice dot-${status}`}
				aria-label={label}
				value={status}
				disabled={action.busy.value}
				onChange={(event) => {
					const to = event.currentTarget.value as ItemStatus;
					action.run(() => set(to));
				}}
			>
				{COLUMNS.map((each) => (
					<option key={each} value={each}>
						{STATUS_WORDS[each]}
					</option>
				))}
			</select>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</>
	);
}
