import { splitSentences } from '../sentences.ts';
import { readBlocks } from './blocks.ts';
import { plainText } from './inline.ts';

/** Piece is the smallest part of a document that can be quoted: a sentence, a list item, a table row. */
export interface Piece {
	/** As it stands in the document. */
	readonly raw: string;
	readonly plain: string;
	readonly from: 'sentence' | 'item' | 'row';
	readonly section: readonly string[];
}

/** readPieces lists the quotable parts of a document in order; headings are told as the section of what follows. */
export function readPieces(markdown: string): Piece[] {
	const pieces: Piece[] = [];
	for (const block of readBlocks(markdown)) {
		const { section } = block;
		if (block.type === 'paragraph') {
			for (const raw of splitSentences(block.lines.join('\n')))
				pieces.push({ raw, plain: plainText(raw), from: 'sentence', section });
		} else if (block.type === 'list') {
			for (const raw of block.items) pieces.push({ raw, plain: plainText(raw), from: 'item', section });
		} else if (block.type === 'table') {
			for (const { raw, cells } of block.rows)
				pieces.push({ raw, plain: cells.map(plainText).join(' | '), from: 'row', section });
		}
	}
	return pieces
		.map((piece) => ({ ...piece, plain: piece.plain.replace(/^\[\^[\w-]{1,20}\]:\s*/, '') }))
		.filter((piece) => piece.plain !== '');
}
