import { standalone } from '../clarity.ts';
import { type Corpus, sourceOf } from '../corpus.ts';
import { escapeMarkdown, type SourceMarks } from '../facts/source-marks.ts';
import type { Passage } from '../passages.ts';
import type { Claim } from './claims.ts';
import { nameSource, publisherOf } from './name-source.ts';
import type { Point, Points } from './points.ts';
import { type Theme, themeTitle } from './themes.ts';

/** renderGroups writes points under the titles of their themes. */
export function renderGroups(corpus: Corpus, groups: Points['groups'], marks: SourceMarks): string {
	return groups
		.map(({ theme, points }) => {
			const lines = points.map((point) => renderPoint(corpus, point, marks));
			return `## ${themeTitle[theme]}\n\n${lines.join('\n')}`;
		})
		.join('\n\n');
}

/** renderPoint writes one point: its sentence, who says it and when, who says it too, and who says otherwise. */
export function renderPoint(corpus: Corpus, { claim, against }: Point, marks: SourceMarks): string {
	const lines = [`- ${sentenceOf(claim.passage)} — ${speakers(corpus, claim, marks)}`];
	for (const { one, other } of against) {
		const opposite = one === claim ? other : one;
		lines.push(`  - **Sources differ:** ${sentenceOf(opposite.passage)} — ${speakers(corpus, opposite, marks)}`);
	}
	return lines.join('\n');
}

/** sentenceOf is a passage as it can stand in a text of its own, with the heading that a row or item needs to be understood. */
export function sentenceOf({ kind, plain, section }: Passage): string {
	const heading = section.at(-1);
	const text = kind === 'row' && heading !== undefined ? `${heading}: ${plain}` : plain;
	return escapeMarkdown(kind === 'sentence' ? standalone(text) : text);
}

function speakers(corpus: Corpus, { passage, also }: Claim, marks: SourceMarks): string {
	const name = (one: Passage, full: boolean) => {
		const document = corpus.documents[one.document];
		const said = document === undefined ? '' : full ? nameSource(document) : publisherOf(document);
		return `${escapeMarkdown(said)} ${marks.of(sourceOf(corpus, one))}`;
	};
	const first = name(passage, true);
	const others = also.map((one) => name(one, false));
	return others.length === 0 ? first : `${first}; also ${others.join(', ')}`;
}

/** renderGaps says what was not found, and in which documents nothing was. */
export function renderGaps(corpus: Corpus, { best, absent, silent }: Points, topic: string | undefined): string {
	const parts: string[] = [];
	if (best.length > 0 && absent.length > 0)
		parts.push(`## Not found\n\n${sentenceCase(listed(absent.map((theme) => ABSENT[theme])))}.`);
	if (topic !== undefined && silent.length > 0) {
		const names = silent.map((index) => `- ${escapeMarkdown(titleWithSite(corpus, index))}`);
		parts.push(`## Looked at, nothing on ${escapeMarkdown(topic)}\n\n${names.join('\n')}`);
	}
	return parts.join('\n\n');
}

const ABSENT: Readonly<Record<Theme, string>> = {
	core: 'what it is',
	money: 'sums of money',
	dates: 'dates',
	evidence: 'evidence of its effects',
	favour: 'voices in favour',
	concern: 'concerns or criticism',
};

function titleWithSite({ documents }: Corpus, index: number): string {
	const document = documents[index];
	if (document === undefined) return '';
	const publisher = publisherOf(document);
	return publisher === document.title ? publisher : `${document.title || 'Untitled'} (${publisher})`;
}

function listed(words: readonly string[]): string {
	return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function sentenceCase(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
