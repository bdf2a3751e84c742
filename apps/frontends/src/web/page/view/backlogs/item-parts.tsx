import { useSignal } from '@preact/signals';
import { readDetails } from '../../fold/board/details.ts';
import type { PartView } from '../../state/backlog/backlog-api.ts';
import { useAction } from '../act.ts';
import { Markdown } from '../markdown.tsx';
import { ProblemNote } from '../problem-note.tsx';
import type { ItemProps } from './item-props.ts';
import { StatusChoice } from './status-choice.tsx';

/** ItemParts are the subtasks of an item with their statuses, and the way to add one. */
export function ItemParts({ board, item }: ItemProps) {
	const action = useAction();
	const title = useSignal('');
	const { subtasks } = item;
	const done = subtasks.filter(({ status }) => status === 'done').length;
	const add = async () => {
		const wanted = title.value.trim();
		await board.act('add_subtask', { id: String(item.id), title: wanted }, `Added “${wanted}”.`);
		title.value = '';
	};
	return (
		<section>
			<h3>Subtasks {subtasks.length > 0 && <span class="count">{`${done} of ${subtasks.length} done`}</span>}</h3>
			<ol class="parts">
				{subtasks.map((part) => (
					<Part key={part.id} board={board} parent={item.id} part={part} />
				))}
			</ol>
			<form
				class="new-tag"
				onSubmit={(event) => {
					event.preventDefault();
					if (title.value.trim() !== '') action.run(add);
				}}
			>
				<input
					type="text"
					class="wide-input"
					aria-label={`Title of a new subtask of #${item.id}`}
					placeholder="New subtask"
					maxLength={500}
					value={title.value}
					onInput={(event) => {
						title.value = event.currentTarget.value;
					}}
				/>
				<button type="submit" class="button small-button" disabled={action.busy.value || title.value.trim() === ''}>
					Add
				</button>
			</form>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</section>
	);
}

function Part({
	board,
	parent,
	part,
}: {
	readonly board: ItemProps['board'];
	readonly parent: number;
	readonly part: PartView;
}) {
	const id = `${parent}.${part.id}`;
	const { text, notes } = readDetails(part.details ?? '');
	const body = [part.description ?? '', text, ...notes.map((note) => note.text)]
		.filter((one) => one !== '')
		.join('\n\n');
	return (
		<li class="part">
			<StatusChoice board={board} id={id} status={part.status} label={`Status of #${id}`} />
			<div class="part-words">
				{body === '' ? (
					<p>
						<span class="card-id">{id}</span> {part.title}
					</p>
				) : (
					<details>
						<summary>
							<span class="card-id">{id}</span> {part.title}
						</summary>
						<Markdown text={body} />
					</details>
				)}
				{part.dependencies.length > 0 && (
					<p class="row-meta">
						after {part.dependencies.map((one) => (typeof one === 'number' ? `${parent}.${one}` : one)).join(', ')}
					</p>
				)}
			</div>
		</li>
	);
}
