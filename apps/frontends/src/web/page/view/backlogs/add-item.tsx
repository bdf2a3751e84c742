import type { JsonObject } from '@errand/core/domain/json.ts';
import { useSignal } from '@preact/signals';
import type { Board } from '../../state/backlog/board.ts';
import { useAction } from '../act.ts';
import { ProblemNote } from '../problem-note.tsx';
import { Dialog } from './dialog.tsx';

/** AddItem adds an item as it is written, or has it written out from a few words. */
export function AddItem({ board, onClose }: { readonly board: Board; readonly onClose: () => void }) {
	const action = useAction();
	const form = useSignal({ title: '', description: '', priority: 'medium', dependencies: '' });
	const { title, description, priority, dependencies } = form.value;
	const change = (changes: Partial<typeof form.value>) => {
		form.value = { ...form.value, ...changes };
	};
	const shared = (): JsonObject => ({
		priority,
		...(dependencies.trim() === '' ? {} : { dependencies: dependencies.replaceAll('#', '').trim() }),
	});
	const add = async () => {
		const answer = await board.act<{ taskId: number; warnings?: readonly string[] }>(
			'add_task',
			{ ...shared(), title: title.trim(), description: description.trim() },
			`Added “${title.trim()}”.`,
		);
		if ((answer.warnings ?? []).length === 0) return onClose();
		form.value = { title: '', description: '', priority, dependencies: '' };
	};
	const writeOut = async () => {
		const prompt = [title.trim(), description.trim()].filter((part) => part !== '').join('\n');
		await board.act('add_task', { ...shared(), prompt, async: true }, 'It is being written out.');
		onClose();
	};
	const isBlank = title.trim() === '';
	return (
		<Dialog label="Add a task" kind="middle" onClose={onClose}>
			<form
				class="add-item"
				onSubmit={(event) => {
					event.preventDefault();
					if (!isBlank) action.run(add);
				}}
			>
				<h2>Add a task</h2>
				<label class="stacked">
					<span>Title</span>
					<input
						type="text"
						required
						maxLength={500}
						value={title}
						onInput={(event) => change({ title: event.currentTarget.value })}
					/>
				</label>
				<label class="stacked">
					<span>Description</span>
					<textarea
						rows={4}
						value={description}
						onInput={(event) => change({ description: event.currentTarget.value })}
					/>
				</label>
				<div class="fields">
					<label class="field">
						<span>Priority</span>
						<select value={priority} onChange={(event) => change({ priority: event.currentTarget.value })}>
							<option value="high">High</option>
							<option value="medium">Medium</option>
							<option value="low">Low</option>
						</select>
					</label>
					<label class="field">
						<span>Waits for</span>
						<input
							type="text"
							placeholder="3, 7"
							pattern="[#\d.,\s]*"
							value={dependencies}
							onInput={(event) => change({ dependencies: event.currentTarget.value })}
						/>
					</label>
				</div>
				{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
				<div class="button-row">
					<button type="submit" class="button main-button" disabled={isBlank || action.busy.value}>
						Add
					</button>
					<button
						type="button"
						class="button"
						disabled={isBlank || action.busy.value}
						onClick={() => action.run(writeOut)}
					>
						Have it written out
					</button>
					<button type="button" class="quiet-button" onClick={onClose}>
						Cancel
					</button>
				</div>
			</form>
		</Dialog>
	);
}
