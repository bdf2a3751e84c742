import type { Corpus } from '../../corpus.ts';
import { escapeMarkdown } from '../../facts/source-marks.ts';
import { publisherOf } from '../../writing/name-source.ts';
import { type Finding, joinFindings } from '../../writing/piece.ts';
import { judgeRelevance } from '../../writing/relevance.ts';
import type { Statement } from '../reading/statement.ts';
import { type MarkedContradiction, tellContradiction } from './marked-contradictions.ts';

/** tellUntold tells both sides of the contradictions of which a text cites one side or none. */
export function tellUntold(
	contradictions: readonly MarkedContradiction[],
	cited: readonly number[],
	{ documents }: Corpus,
): string {
	const untold = contradictions.filter(({ marks }) => !marks.every((mark) => cited.includes(mark)));
	const lines = untold.map((one) => tellContradiction(one, documents));
	return lines.length === 0 ? '' : `\n\n## Where the sources differ\n\n${lines.join('\n')}\n`;
}

/** tellSilent names the documents in which nothing on the topic was found, by rules or by the model. */
export function tellSilent(topic: string | undefined, corpus: Corpus, statements: readonly Statement[]): string {
	if (topic === undefined) return '';
	const speaking = judgeRelevance(corpus, topic).documents;
	const silent = corpus.documents.flatMap((document, index) => {
		if (speaking.has(index) || statements.some((statement) => statement.document === index)) return [];
		const publisher = publisherOf(document);
		const name = publisher === document.title ? publisher : `${document.title || 'Untitled'} (${publisher})`;
		return [`- ${escapeMarkdown(name)}`];
	});
	return silent.length === 0 ? '' : `## Looked at, nothing on ${escapeMarkdown(topic)}\n\n${silent.join('\n')}`;
}

/**
 * keptWhole is what earlier steps found with a table, word for word and with its numbers: the cells and what follows from them
 * were checked, and no model needs to write them anew.
 */
export function keptWhole(findings: readonly Finding[]): string {
	// The texts of the others go, their sources still count.
	return joinFindings(findings.map((finding) => (TABLE.test(finding.text) ? finding : { ...finding, text: '' }))).text;
}

const TABLE = /^\s*\|.*\|\s*\n\s*\|[\s:|-]+\|\s*$/m;
