import type { MemoryEntry } from '@errand/core/ports/memory.ts';
import { useSignal } from '@preact/signals';
import type { Memory } from '../../state/memory.ts';
import { taskAddress } from '../../state/route.ts';
import { ago } from '../../text/ago.ts';
import { useAction } from '../act.ts';
import { useNow } from '../clock.ts';
import { Markdown } from '../markdown.tsx';
import { ProblemNote } from '../problem-note.tsx';
import { ConfirmButton } from '../settings/confirm-button.tsx';

/** MemoryRow is one thing that is remembered: its words, where they come from, and the ways to change and forget it. */
export function MemoryRow({ memory, entry }: { readonly memory: Memory; readonly entry: MemoryEntry }) {
	const action = useAction();
	const now = useNow(true).value;
	const edited = useSignal<string | undefined>(undefined);
	const { id, kind, text, source, origins, at } = entry;
	const draft = edited.value;
	const save = async () => {
		if (draft !== undefined && draft.trim() !== text) await memory.edit(id, draft.trim());
		edited.value = undefined;
	};
	return (
		<li class="row memory">
			{draft === undefined ? (
				<div class="row-words">
					{kind === 'fact' ? <p class="memory-text">{text}</p> : <Markdown text={text} />}
					<p class="row-meta">
						{kind === 'fact' ? 'you said so' : 'a task found it'} · {ago(at, now)}
						{source !== undefined && (
							<>
								{' · '}
								<a href={taskAddress(source)}>its task</a>
							</>
						)}
					</p>
					{origins.length > 0 && (
						<p class="origins">
							<span class="row-meta">Holds words of others, from</span>
							{origins.slice(0, 8).map((origin) => (
								<span key={origin} class="badge origin">
									{origin.replace(/^web:/, '').replace(/^file:.*/, 'a file')}
								</span>
							))}
							{origins.length > 8 && <span class="row-meta">and {origins.length - 8} more</span>}
						</p>
					)}
				</div>
			) : (
				<form
					class="memory-edit"
					onSubmit={(event) => {
						event.preventDefault();
						if (draft.trim() !== '') action.run(save);
					}}
				>
					<textarea
						rows={3}
						aria-label={`Words of ${id}`}
						value={draft}
						onInput={(event) => {
							edited.value = event.currentTarget.value;
						}}
					/>
					<div class="row-actions">
						<button
							type="submit"
							class="button small-button main-button"
							disabled={action.busy.value || draft.trim() === ''}
						>
							Save
						</button>
						<button
							type="button"
							class="quiet-button"
							onClick={() => {
								edited.value = undefined;
							}}
						>
							Leave it
						</button>
					</div>
				</form>
			)}
			{draft === undefined && (
				<div class="row-actions">
					<button
						type="button"
						class="button small-button"
						aria-label={`Change “${short(text)}”`}
						onClick={() => {
							edited.value = text;
						}}
					>
						Change
					</button>
					<ConfirmButton
						label={`Forget “${short(text)}”`}
						question="Forget this for good?"
						yes="Forget"
						disabled={action.busy.value}
						onYes={() => action.run(() => memory.forget(id))}
					>
						Forget…
					</ConfirmButton>
				</div>
			)}
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</li>
	);
}

const short = (text: string) => (text.length > 40 ? `${text.slice(0, 39)}…` : text);
