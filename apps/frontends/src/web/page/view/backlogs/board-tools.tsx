import { useSignal } from '@preact/signals';
import type { Board } from '../../state/backlog/board.ts';
import { useAction } from '../act.ts';
import { ProblemNote } from '../problem-note.tsx';

/** BoardTools work on a whole tag: how hard its items are, splitting them, mending dependencies, and tags themselves. */
export function BoardTools({ board }: { readonly board: Board }) {
	const action = useAction();
	const problems = useSignal<readonly string[] | undefined>(undefined);
	const name = useSignal('');
	const shown = board.tag.value;
	const isCurrent = board.tags.value.some((tag) => tag.name === shown && tag.isCurrent);
	const run = (work: () => Promise<unknown>) => () => action.run(work);
	const check = async () => {
		const found = await board.act<{ problems: readonly { message: string }[] }>(
			'validate_dependencies',
			{},
			'Checked dependencies.',
		);
		problems.value = found.problems.map(({ message }) => message);
	};
	const mend = async () => {
		await board.act('fix_dependencies', {}, 'Mended dependencies.');
		problems.value = undefined;
	};
	const add = async () => {
		const wanted = name.value.trim();
		await board.api.call('add_tag', { name: wanted });
		name.value = '';
		board.show(wanted);
	};
	return (
		<section class="board-tools panel" id="board-tools" aria-label="Tools">
			<div class="row-actions">
				<button
					type="button"
					class="button small-button"
					disabled={action.busy.value}
					onClick={run(() => board.act('analyze_project_complexity', { async: true }, 'Judging how hard tasks are…'))}
				>
					Judge how hard tasks are
				</button>
				<button
					type="button"
					class="button small-button"
					disabled={action.busy.value}
					onClick={run(() => board.act('expand_all', { async: true }, 'Splitting tasks…'))}
				>
					Split all tasks
				</button>
				<button type="button" class="button small-button" disabled={action.busy.value} onClick={run(check)}>
					Check dependencies
				</button>
				{!isCurrent && shown !== undefined && (
					<button
						type="button"
						class="button small-button"
						disabled={action.busy.value}
						onClick={run(() => board.act('use_tag', { name: shown }, `${shown} is the current tag now.`))}
					>
						Make {shown} the current tag
					</button>
				)}
				<form
					class="new-tag"
					onSubmit={(event) => {
						event.preventDefault();
						if (name.value.trim() !== '') action.run(add);
					}}
				>
					<input
						type="text"
						aria-label="Name of a new tag"
						placeholder="New tag"
						pattern="[A-Za-z0-9_\-]+"
						value={name.value}
						onInput={(event) => {
							name.value = event.currentTarget.value;
						}}
					/>
					<button type="submit" class="button small-button" disabled={action.busy.value || name.value.trim() === ''}>
						Add tag
					</button>
				</form>
			</div>
			{problems.value?.length === 0 && <p class="muted">All dependencies are sound.</p>}
			{problems.value !== undefined && problems.value.length > 0 && (
				<div class="board-problems">
					<ul>
						{problems.value.slice(0, 20).map((message) => (
							<li key={message}>{message}</li>
						))}
					</ul>
					{problems.value.length > 20 && <p class="muted">and {problems.value.length - 20} more</p>}
					<button type="button" class="button small-button" disabled={action.busy.value} onClick={run(mend)}>
						Mend them
					</button>
				</div>
			)}
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</section>
	);
}
