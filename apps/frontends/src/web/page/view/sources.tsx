import { formatCount } from '@errand/core/domain/amounts.ts';
import type { Source } from '@errand/core/domain/capability.ts';
import { useSignal } from '@preact/signals';
import { artifactAddress } from '../state/api.ts';

const SOURCES_AT_FIRST = 6;
const LONG_QUOTE = 180;

/** Sources lists where claims come from, numbered as the text cites them, each with the words that support it. */
export function Sources({ sources, wanted }: { readonly sources: readonly Source[]; readonly wanted: number }) {
	const all = useSignal(false);
	const shown = all.value || wanted > SOURCES_AT_FIRST ? sources : sources.slice(0, SOURCES_AT_FIRST);
	return (
		<section class="sources" aria-label="Sources">
			<h3>{formatCount(sources.length, 'source')}</h3>
			<ol>
				{shown.map((source, index) => (
					<SourceItem key={index} source={source} place={index + 1} wanted={wanted === index + 1} />
				))}
			</ol>
			{shown.length < sources.length && (
				<button
					type="button"
					class="quiet-button"
					onClick={() => {
						all.value = true;
					}}
				>
					Show all {sources.length}
				</button>
			)}
		</section>
	);
}

function SourceItem({
	source,
	place,
	wanted,
}: {
	readonly source: Source;
	readonly place: number;
	readonly wanted: boolean;
}) {
	const { url, quote } = source;
	const host = url !== undefined && URL.canParse(url) ? new URL(url).host : undefined;
	return (
		<li class={wanted ? 'source wanted' : 'source'} tabIndex={-1} data-source={place}>
			<span class="source-number" aria-hidden="true">
				{place}
			</span>
			<div class="source-words">
				<SourceTitle source={source} /> {host !== undefined && <span class="source-host">{host}</span>}
				{quote !== undefined && <Quote quote={quote} wanted={wanted} />}
			</div>
		</li>
	);
}

/** A long quote shows its beginning until it is wanted whole. */
function Quote({ quote, wanted }: { readonly quote: string; readonly wanted: boolean }) {
	const chosen = useSignal<boolean | undefined>(undefined);
	const long = quote.length > LONG_QUOTE;
	const whole = !long || (chosen.value ?? wanted);
	return (
		<>
			<blockquote class={whole ? '' : 'clipped'}>{quote.trim()}</blockquote>
			{long && (
				<button
					type="button"
					class="link-button"
					aria-expanded={whole}
					onClick={() => {
						chosen.value = !whole;
					}}
				>
					{whole ? 'Less' : 'Whole quote'}
				</button>
			)}
		</>
	);
}

function SourceTitle({ source }: { readonly source: Source }) {
	const { title, url, artifact } = source;
	const web = url !== undefined && /^https?:\/\//i.test(url) ? url : undefined;
	const address = web ?? (artifact === undefined ? undefined : artifactAddress(artifact));
	if (address === undefined) return <span class="source-title">{title}</span>;
	return (
		<a class="source-title" href={address} target="_blank" rel="noopener noreferrer">
			{title || address}
		</a>
	);
}
