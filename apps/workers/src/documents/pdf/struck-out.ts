import type { TextPiece } from './text-lines.ts';

/** Bar is a thin horizontal line drawn on a page; `y` is its middle, counted from the top. */
export interface Bar {
	readonly x: number;
	readonly right: number;
	readonly y: number;
	readonly height: number;
}

/** A price that a line runs through is an old price, so it is marked as `~~struck out~~`. */
export function withStrikes(pieces: readonly TextPiece[], bars: readonly Bar[]): TextPiece[] {
	if (bars.length === 0) return [...pieces];
	return pieces.map((piece) => {
		const bar = bars.find((candidate) => runsThrough(candidate, piece));
		return bar === undefined ? piece : { ...piece, text: struck(piece, bar) };
	});
}

/** joinStrikes makes one mark of those of neighbouring pieces. */
export function joinStrikes(text: string): string {
	return text.replace(/~~( ?)~~/g, '$1');
}

function runsThrough(bar: Bar, piece: TextPiece): boolean {
	if (piece.text.trim() === '' || bar.height > 0.15 * piece.size) return false;
	const above = piece.y - bar.y;
	// Between the baseline, where underlines are, and the top of the small letters.
	if (above < 0.14 * piece.size || above > 0.5 * piece.size) return false;
	return Math.min(bar.right, piece.x + piece.width) - Math.max(bar.x, piece.x) > 0.6 * piece.size;
}

/** Letters are taken as equally wide, and the ends moved to where a word begins or ends. */
function struck(piece: TextPiece, bar: Bar): string {
	const unit = piece.width / piece.text.length;
	const words = [...piece.text.matchAll(/\S+/g)].filter((word) => {
		const middle = piece.x + unit * (word.index + word[0].length / 2);
		return middle > bar.x && middle < bar.right;
	});
	const first = words[0];
	const last = words.at(-1);
	if (first === undefined || last === undefined) return piece.text;
	const end = last.index + last[0].length;
	return `${piece.text.slice(0, first.index)}~~${piece.text.slice(first.index, end)}~~${piece.text.slice(end)}`;
}
