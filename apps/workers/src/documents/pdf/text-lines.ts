import { cleanText } from '../clean-text.ts';
import { joinStrikes } from './struck-out.ts';

/** TextPiece is a run of text where the page puts it; `y` is its baseline, counted from the top. */
export interface TextPiece {
	readonly text: string;
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly size: number;
}

/** Segment is text without a wide gap: a whole line, or one cell of a table's row. */
export interface Segment {
	readonly text: string;
	readonly x: number;
	readonly right: number;
}

/** Line is what stands on one baseline, from left to right. */
export interface Line {
	readonly segments: readonly Segment[];
	readonly y: number;
	readonly size: number;
	readonly x: number;
	readonly right: number;
	readonly text: string;
}

/** A gap this wide, in units of the font's size, parts two cells. */
const CELL_GAP = 1.1;

/** textLines puts the pieces of a page together again as the lines a reader sees. */
export function textLines(pieces: readonly TextPiece[]): Line[] {
	const sorted = pieces.flatMap(splitAtSpaces).sort((a, b) => a.y - b.y || a.x - b.x);
	const groups: TextPiece[][] = [];
	let base: TextPiece | undefined;
	for (const piece of sorted) {
		const group = groups.at(-1);
		if (group !== undefined && base !== undefined && piece.y - base.y <= 0.45 * Math.max(base.size, piece.size)) {
			group.push(piece);
			if (piece.size > base.size) base = piece;
		} else {
			groups.push([piece]);
			base = piece;
		}
	}
	return groups.map(toLine).filter((line) => line.segments.length > 0);
}

/** lineOf makes a line of some segments of another, as when a page has two columns. */
export function lineOf(segments: readonly Segment[], line: { y: number; size: number }): Line {
	return {
		segments,
		y: line.y,
		size: line.size,
		x: segments[0]?.x ?? 0,
		right: segments.at(-1)?.right ?? 0,
		text: segments.map((segment) => segment.text).join(' '),
	};
}

function toLine(pieces: readonly TextPiece[]): Line {
	const size = mainSize(pieces);
	const y = pieces.find((piece) => piece.size === size)?.y ?? 0;
	const segments: { text: string; x: number; right: number }[] = [];
	for (const piece of [...pieces].sort((a, b) => a.x - b.x)) {
		const last = segments.at(-1);
		const text = raisedMark(piece, { size, y, first: last === undefined }) ?? piece.text;
		const gap = last === undefined ? Number.POSITIVE_INFINITY : piece.x - last.right;
		if (last === undefined || gap > CELL_GAP * size) {
			segments.push({ text, x: piece.x, right: piece.x + piece.width });
			continue;
		}
		const spaced = gap > 0.12 * size && !/\s$/.test(last.text) && !/^\s/.test(text);
		last.text += spaced ? ` ${text}` : text;
		last.right = Math.max(last.right, piece.x + piece.width);
	}
	const tidy = segments.map((segment) => ({
		...segment,
		text: joinStrikes(cleanText(segment.text).replace(/\s+/g, ' ').trim()),
	}));
	return lineOf(
		tidy.filter((segment) => segment.text !== ''),
		{ y, size },
	);
}

/** A small raised number is a footnote's mark, and must not be read as the last digits of the price before it. */
function raisedMark(piece: TextPiece, line: { size: number; y: number; first: boolean }): string | undefined {
	const mark = piece.text.trim();
	const raised = piece.size <= 0.88 * line.size && line.y - piece.y > 0.15 * line.size;
	if (!raised || !/^\d{1,2}$/.test(mark)) return undefined;
	return line.first ? `[^${mark}]: ` : `[^${mark}]`;
}

/** Some programs place cells by filling up with spaces. */
function splitAtSpaces(piece: TextPiece): TextPiece[] {
	if (piece.text.trim() === '') return [];
	if (!/\S\s{3,}\S|^\s{3}/.test(piece.text)) return [piece];
	const unit = piece.width / piece.text.length;
	return [...piece.text.matchAll(/\S+(?:\s{1,2}\S+)*/g)].map((part) => ({
		...piece,
		text: part[0],
		x: piece.x + unit * part.index,
		width: unit * part[0].length,
	}));
}

function mainSize(pieces: readonly TextPiece[]): number {
	const chars = new Map<number, number>();
	for (const { size, text } of pieces) chars.set(size, (chars.get(size) ?? 0) + text.trim().length);
	return [...chars].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0, -1])[0];
}
