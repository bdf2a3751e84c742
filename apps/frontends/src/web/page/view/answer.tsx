import { methodWords } from '@errand/core/domain/task/method-words.ts';
import type { Task } from '@errand/core/domain/task/state.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { answerPictures } from '../fold/pictures.ts';
import { previewOf } from '../fold/preview.ts';
import type { LiveTask } from '../state/tasks.ts';
import { ArtifactCard } from './artifact.tsx';
import { QuoteTip, useCitedSource } from './citations.tsx';
import { Markdown } from './markdown.tsx';
import { Pictures } from './pictures.tsx';
import { Sources } from './sources.tsx';

/** Numbers up to this look like citations already while the sources are not known. */
const SOURCES_MEANWHILE = 99;
const PICTURES_AT_FIRST = 6;
const SPOKEN = 400;

/** Answer is a task's result, and before that what is written of it so far, in the same place. Nothing while there is neither. */
export function Answer({ task }: { readonly task: LiveTask }) {
	const view = task.view.value;
	const text = view?.result?.text ?? task.draft.value;
	if (view === undefined || text === undefined) return null;
	return <Written view={view} state={task.followed.value.state} text={text} />;
}

function Written({
	view,
	state,
	text,
}: {
	readonly view: TaskView;
	readonly state: Task | undefined;
	readonly text: string;
}) {
	const article = useRef<HTMLElement>(null);
	const { result } = view;
	const open = result === undefined;
	const spoken = useSpokenAtEnd(article, open);
	const cited = useCitedSource(article);
	return (
		<>
			<article
				class={`answer said${open ? ' writing' : ''}`}
				ref={article}
				aria-busy={open}
				aria-live={open || spoken !== '' ? 'off' : undefined}
			>
				<Markdown text={text} open={open} sources={result?.sources.length ?? SOURCES_MEANWHILE} />
				{result !== undefined && state !== undefined && (
					<Rest view={view} result={result} state={state} cited={cited} />
				)}
				{result !== undefined && <QuoteTip within={article} sources={result.sources} />}
			</article>
			<p class="spoken" role="status">
				{spoken}
			</p>
		</>
	);
}

/** What went less than well, pictures and files, where each claim comes from, and how it was made. */
function Rest({
	view,
	result,
	state,
	cited,
}: {
	readonly view: TaskView;
	readonly result: NonNullable<TaskView['result']>;
	readonly state: Task;
	readonly cited: number;
}) {
	const files = result.artifacts.filter((artifact) => previewOf(artifact) !== 'image');
	const method = methodWords(view);
	return (
		<>
			{result.warnings.length > 0 && (
				<ul class="warnings" aria-label="Warnings">
					{result.warnings.map((warning, index) => (
						<li key={index}>{warning}</li>
					))}
				</ul>
			)}
			<Pictures pictures={answerPictures(state, result.artifacts, result.text)} first={PICTURES_AT_FIRST} />
			{files.length > 0 && (
				<div class="artifacts">
					{files.map((artifact) => (
						<ArtifactCard key={artifact.id} artifact={artifact} />
					))}
				</div>
			)}
			{result.sources.length > 0 && <Sources sources={result.sources} wanted={cited} />}
			{method !== undefined && <p class="method muted">{method}</p>}
		</>
	);
}

const BLOCKS = 'p, li, th, td, h1, h2, h3, h4, h5, h6, pre';

/** The words of each block as a sentence of its own, so that neither cells nor paragraphs run into each other. */
function spokenWords(drawn: Element): string {
	const texts = document.createTreeWalker(drawn, NodeFilter.SHOW_TEXT);
	const said: { readonly block: Element | null | undefined; words: string }[] = [];
	while (texts.nextNode() !== null) {
		const { parentElement, textContent } = texts.currentNode;
		const block = parentElement?.closest(BLOCKS);
		const last = said.at(-1);
		if (last !== undefined && last.block === block) last.words += textContent ?? '';
		else said.push({ block, words: textContent ?? '' });
	}
	const sentences = said.map(({ words }) => words.replace(/\s+/g, ' ').trim()).filter((words) => words !== '');
	return sentences.map((words) => (/[.:;!?]$/.test(words) ? words : `${words}.`)).join(' ');
}

/** An answer that was seen being written is read out once, at its end, from its beginning. */
function useSpokenAtEnd(article: { readonly current: HTMLElement | null }, open: boolean): string {
	const spoken = useSignal('');
	const wasOpen = useRef(open);
	useEffect(() => {
		if (wasOpen.current && !open) {
			const drawn = article.current?.querySelector('.markdown');
			const words = drawn == null ? '' : spokenWords(drawn);
			spoken.value = `The answer is complete: ${words.length > SPOKEN ? `${words.slice(0, SPOKEN)}…` : words}`;
		}
		wasOpen.current = open;
	}, [open]);
	return spoken.value;
}
