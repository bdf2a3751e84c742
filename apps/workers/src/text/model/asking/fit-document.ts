import type { Document } from '@errand/core/domain/document.ts';
import { type Block, readBlocks } from '../../facts/blocks.ts';
import { type Passage, readPassages } from '../../passages.ts';
import { coverage, indexTerms, queryOf } from '../../ranking.ts';
import { termsOf } from '../../terms.ts';
import { clipSize, sizeOf } from './text-size.ts';

/**
 * fitDocument shortens a document to what speaks most of what is looked for, in reading order, each passage under its
 * headings and as it stands there, so that quotes of it are quotes of the document. A document that fits is left alone.
 */
export function fitDocument(document: Document, about: string, maxSize: number): Document {
	if (sizeOf(document.markdown) <= maxSize) return document;
	const passages = readPassages(document, 0);
	if (passages.length === 0) return { ...document, markdown: clipSize(document.markdown, maxSize) };
	const kept = chosen(passages, about, maxSize);
	return { ...document, markdown: inOrder(kept, readBlocks(document.markdown)), truncated: true };
}

/** A heading's words count for its passages, a little; the beginning tells what the document is. */
function chosen(passages: readonly Passage[], about: string, maxSize: number): Passage[] {
	const index = indexTerms(passages);
	const query = queryOf(about, index);
	const ranked = passages
		.map((passage, at) => {
			const own = coverage(query, index.terms[at] ?? []);
			const around = coverage(query, termsOf(passage.section.slice(-2).join(' ')));
			return { passage, score: own + around / 2 + (passage.kind === 'row' ? 0.05 : 0) + 0.2 / (1 + at / 5) };
		})
		.sort((one, other) => other.score - one.score);
	const kept: Passage[] = [];
	let size = 0;
	for (const { passage } of ranked) {
		// What joins it to the others, and a heading now and then.
		const cost = sizeOf(passage.raw) + (passage.kind === 'row' ? 40 : 12) + sizeOf(passage.section.at(-1) ?? '') / 2;
		if (size + cost > maxSize) continue;
		kept.push(passage);
		size += cost;
		if (size > maxSize * 0.97) break;
	}
	return kept.sort((one, other) => one.at - other.at);
}

/** Rows of a table mean nothing without the names of its columns. */
function inOrder(passages: readonly Passage[], blocks: readonly Block[]): string {
	const lines: string[] = [];
	let last: Passage | undefined;
	for (const passage of passages) {
		const heading = passage.section.at(-1);
		if (heading !== undefined && heading !== last?.section.at(-1)) lines.push('', `## ${heading}`, '');
		else if (last !== undefined && passage.at !== last.at + 1) lines.push('', '[…]', '');
		else if (last !== undefined && passage.block !== last.block) lines.push('');
		const block = blocks[passage.block];
		if (passage.block !== last?.block && block?.type === 'table' && block.headed) lines.push(block.rows[0]?.raw ?? '');
		lines.push(passage.kind === 'item' ? `- ${passage.raw}` : passage.raw);
		last = passage;
	}
	return lines.join('\n').trim();
}
