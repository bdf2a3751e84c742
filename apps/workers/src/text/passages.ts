import type { Document } from '@errand/core/domain/document.ts';
import { type Block, readBlocks, type TableRow } from './facts/blocks.ts';
import { plainText } from './facts/inline.ts';
import { foldWhitespace } from './facts/quote.ts';
import { splitSentences } from './sentences.ts';

/** Passage is the smallest part of a document that says something by itself: a sentence, a list item, a table row. */
export interface Passage {
	/** Which of the documents it is from. */
	readonly document: number;
	/** Its place in the document, counted in passages. */
	readonly at: number;
	/** The paragraph, list or table it is part of, counted in the document. */
	readonly block: number;
	readonly kind: 'sentence' | 'item' | 'row';
	/** As it stands in the document. */
	readonly raw: string;
	/** As a person reads it: without markup; a row with the names of its columns, an item with the words that lead to its list. */
	readonly plain: string;
	/** The headings above it, outermost first. */
	readonly section: readonly string[];
}

/** Longer runs without a full stop are no prose, and nobody reads them as a quote. */
const MAX_LENGTH = 1_200;
const MAX_LEAD = 160;

/** readPassages cuts a document into passages in reading order. */
export function readPassages(document: Document, index: number): Passage[] {
	const passages: Passage[] = [];
	let lead = '';
	const blocks = readBlocks(document.markdown);
	blocks.forEach((block, number) => {
		const add = (kind: Passage['kind'], raw: string, plain: string) => {
			if (raw.length > MAX_LENGTH || !/[\p{L}\p{N}]/u.test(plain)) return;
			passages.push({ document: index, at: passages.length, block: number, kind, raw, plain, section: block.section });
		};
		if (block.type === 'paragraph') {
			for (const raw of sentencesOf(block.lines)) add('sentence', raw, clean(raw));
		} else if (block.type === 'list') {
			for (const raw of block.items) add('item', withoutBullet(raw), itemText(raw, lead));
		} else if (block.type === 'table') {
			for (const { row, plain } of rowsOf(block)) add('row', row.raw, plain);
		}
		lead = leadOf(block, passages.at(-1));
	});
	return passages;
}

function sentencesOf(lines: readonly string[]): string[] {
	return splitSentences(lines.join('\n')).map((sentence) => sentence.replace(/^(?:>\s?)+/, '').trim());
}

/** clean is a piece of Markdown without what marks quotations and footnotes. */
function clean(raw: string): string {
	if (raw.length > MAX_LENGTH) return '';
	return plainText(raw.replace(/\n\s*>\s?/g, '\n').replace(/^\[\^[\w-]{1,20}\]:\s*/, ''));
}

const BULLET = /^\s*(?:[-*+•▪◦–·]|\d{1,3}[.)]|\([a-z0-9]{1,3}\)|[a-z]\))\s+/i;

function withoutBullet(raw: string): string {
	return raw.replace(BULLET, '').trim();
}

/** "… would:" and "remove 1,200 weirs" make one statement. */
function itemText(raw: string, lead: string): string {
	const item = clean(withoutBullet(raw));
	const opens = /^\p{Ll}/u.test(item) || item.length < 60;
	return lead !== '' && item !== '' && opens ? `${lead} ${item}` : item;
}

function leadOf(block: Block, last: Passage | undefined): string {
	if (block.type !== 'paragraph' || last === undefined || !last.plain.endsWith(':')) return '';
	return last.plain.length <= MAX_LEAD ? last.plain : '';
}

function rowsOf({ rows, headed }: Extract<Block, { type: 'table' }>): { row: TableRow; plain: string }[] {
	const names = headed ? (rows[0]?.cells.map(clean) ?? []) : [];
	return rows.slice(headed ? 1 : 0).map((row) => ({ row, plain: rowText(row.cells.map(clean), names) }));
}

/** "Weirs removed – 2027: 120, 2028: 260"; a table of labels and values reads "Price: $999". */
function rowText(cells: readonly string[], names: readonly string[]): string {
	const [label = '', ...values] = cells;
	const named = values.flatMap((value, index) => {
		const name = names[index + 1] ?? '';
		if (value === '') return [];
		return [name === '' || values.length === 1 ? value : `${name}: ${value}`];
	});
	if (label === '') return foldWhitespace(named.join(', '));
	if (named.length === 0) return label;
	return foldWhitespace(values.length === 1 ? `${label}: ${named[0]}` : `${label} – ${named.join(', ')}`);
}
