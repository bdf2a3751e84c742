import '../../style/settings.css';
import '../../style/memory.css';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { createMemory, type Memory } from '../../state/memory.ts';
import { useStores } from '../../state/stores.ts';
import { useAction } from '../act.ts';
import { ProblemNote } from '../problem-note.tsx';
import { ConfirmButton } from '../settings/confirm-button.tsx';
import { MemoryRow } from './memory-row.tsx';

/** Somebody who types is not asked about at each letter. */
const TYPING_MS = 250;

/** MemoryPage shows what is remembered of the person, to be found, changed and forgotten. */
export function MemoryPage() {
	const { ask } = useStores().api;
	const memory = useMemo(() => createMemory(ask), [ask]);
	const words = memory.words.value;
	useEffect(() => {
		const later = setTimeout(() => void memory.read(), words === '' ? 0 : TYPING_MS);
		return () => clearTimeout(later);
	}, [memory, words]);
	const entries = memory.entries.value;
	const problem = memory.problem.value;
	return (
		<div class="scroller">
			<div class="settings">
				<header class="settings-head">
					<h1>Memory</h1>
					<p class="muted">What Errand remembers of you and of what your tasks found. Plans and answers draw on it.</p>
				</header>
				{problem !== undefined && <ProblemNote problem={problem} />}
				<Add memory={memory} />
				<section class="panel" aria-labelledby="remembered">
					<div class="memory-head">
						<h2 id="remembered">Remembered</h2>
						<input
							type="search"
							class="board-search"
							aria-label="Find in memory"
							placeholder="Find by words or by meaning"
							maxLength={500}
							value={words}
							onInput={(event) => {
								memory.words.value = event.currentTarget.value;
							}}
						/>
					</div>
					{entries === undefined && problem === undefined && <p class="muted">Loading…</p>}
					{entries?.length === 0 && (
						<p class="muted memory-none">{words.trim() === '' ? 'Nothing yet.' : 'Nothing fits.'}</p>
					)}
					{entries !== undefined && entries.length > 0 && (
						<ul class="rows" aria-label="What is remembered">
							{entries.map((entry) => (
								<MemoryRow key={entry.id} memory={memory} entry={entry} />
							))}
						</ul>
					)}
					{memory.more.value && <More memory={memory} />}
				</section>
				{entries !== undefined && (entries.length > 0 || words !== '') && <ForgetAll memory={memory} />}
				<p class="settings-done" role="status">
					{memory.done.value}
				</p>
			</div>
		</div>
	);
}

function Add({ memory }: { readonly memory: Memory }) {
	const action = useAction();
	const text = useSignal('');
	const add = async () => {
		await memory.add(text.value.trim());
		text.value = '';
	};
	return (
		<section class="panel" aria-labelledby="remember">
			<h2 id="remember">Have something remembered</h2>
			<form
				class="field-row"
				onSubmit={(event) => {
					event.preventDefault();
					if (text.value.trim() !== '') action.run(add);
				}}
			>
				<input
					type="text"
					aria-label="What to remember"
					placeholder="I am allergic to nuts"
					value={text.value}
					onInput={(event) => {
						text.value = event.currentTarget.value;
					}}
				/>
				<button type="submit" class="button main-button" disabled={action.busy.value || text.value.trim() === ''}>
					Remember
				</button>
			</form>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</section>
	);
}

function More({ memory }: { readonly memory: Memory }) {
	const action = useAction();
	return (
		<button type="button" class="quiet-button" disabled={action.busy.value} onClick={() => action.run(memory.readMore)}>
			Show older ones
		</button>
	);
}

function ForgetAll({ memory }: { readonly memory: Memory }) {
	const action = useAction();
	return (
		<div>
			<ConfirmButton
				label="Forget everything"
				question="Forget everything that is remembered of you? Its words are blanked in the history as well, for good."
				yes="Forget everything"
				disabled={action.busy.value}
				onYes={() => action.run(memory.forgetAll)}
			>
				Forget everything…
			</ConfirmButton>
			{action.problem.value !== undefined && <ProblemNote problem={action.problem.value} />}
		</div>
	);
}
