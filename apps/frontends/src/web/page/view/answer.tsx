import { formatCount } from '@errand/core/domain/amounts.ts';
import type { Source } from '@errand/core/domain/capability.ts';
import type { TaskResult } from '@errand/core/domain/task/facts.ts';
import { useEffect, useRef } from 'preact/hooks';
import { artifactAddress } from '../state/api.ts';
import { linkCitations, sourceOf } from '../text/citations.ts';
import { ArtifactCard } from './artifact.tsx';
import { Markdown } from './markdown.tsx';

/** Answer is a task's result: the text, what went less than well, files, and where each claim comes from. */
export function Answer({ result, planned }: { readonly result: TaskResult; readonly planned: boolean }) {
	const article = useCitations();
	return (
		<article class="answer said" ref={article}>
			<Markdown text={linkCitations(result.text, result.sources.length)} />
			{result.warnings.length > 0 && (
				<ul class="warnings" aria-label="Warnings">
					{result.warnings.map((warning, index) => (
						<li key={index}>{warning}</li>
					))}
				</ul>
			)}
			{result.artifacts.length > 0 && (
				<div class="artifacts">
					{result.artifacts.map((artifact) => (
						<ArtifactCard key={artifact.id} artifact={artifact} />
					))}
				</div>
			)}
			{result.sources.length > 0 && <Sources sources={result.sources} />}
			{planned && (
				<p class="method muted">
					{result.method === 'rules'
						? 'Put together by rules from the sources, without a language model.'
						: 'Written with a language model.'}
				</p>
			)}
		</article>
	);
}

/** A click on `[3]` opens the sources at the third. */
function useCitations() {
	const article = useRef<HTMLElement>(null);
	useEffect(() => {
		const element = article.current;
		if (element === null) return;
		const onClick = (event: MouseEvent) => {
			const link = event.target instanceof Element ? event.target.closest('a') : null;
			const place = sourceOf(link?.getAttribute('href') ?? null);
			const sources = element.querySelector<HTMLDetailsElement>('.sources');
			if (place === undefined || sources === null) return;
			event.preventDefault();
			sources.open = true;
			const source = sources.querySelectorAll<HTMLElement>('li')[place - 1];
			source?.scrollIntoView({ block: 'center' });
			source?.focus({ preventScroll: true });
		};
		element.addEventListener('click', onClick);
		return () => element.removeEventListener('click', onClick);
	}, []);
	return article;
}

function Sources({ sources }: { readonly sources: readonly Source[] }) {
	return (
		<details class="sources">
			<summary>{formatCount(sources.length, 'source')}</summary>
			<ol>
				{sources.map((source, index) => (
					<li key={index} tabIndex={-1}>
						<SourceTitle source={source} />
						{source.quote !== undefined && <blockquote>{source.quote}</blockquote>}
					</li>
				))}
			</ol>
		</details>
	);
}

function SourceTitle({ source }: { readonly source: Source }) {
	const { title, url, artifact } = source;
	if (url !== undefined && /^https?:\/\//i.test(url)) {
		return (
			<>
				<a href={url} target="_blank" rel="noopener noreferrer">
					{title}
				</a>{' '}
				<span class="muted source-host">{hostOf(url)}</span>
			</>
		);
	}
	if (artifact !== undefined) {
		return (
			<a href={artifactAddress(artifact)} target="_blank" rel="noopener noreferrer">
				{title}
			</a>
		);
	}
	return <>{title}</>;
}

const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).host : '');
