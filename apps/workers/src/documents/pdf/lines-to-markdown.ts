import { renderTable } from '../html/table-grid.ts';
import { joinWords, pdfTable, tableRun } from './pdf-table.ts';
import type { Line } from './text-lines.ts';

/** linesToMarkdown makes headings, paragraphs, lists and tables of the lines of all pages. */
export function linesToMarkdown(pages: readonly (readonly Line[])[]): {
	markdown: string;
	heading: string | undefined;
} {
	const body = bodySize(pages);
	const levels = headingSizes(pages, body);
	const blocks: string[] = [];
	let heading: string | undefined;
	for (const lines of pages) {
		// A paragraph may go on over the page's end; a table, a list or a heading does not open such a page.
		let open = blocks.length > 0 && endsOpen(blocks.at(-1) ?? '');
		for (let at = 0; at < lines.length; ) {
			const rows = tableRun(lines, at);
			if (rows > 0) {
				blocks.push(renderTable(pdfTable(lines.slice(at, at + rows))));
				at += rows;
			} else {
				const { text, taken, level } = textBlock(lines, at, { body, levels });
				if (level > 0) heading ??= text;
				const before = blocks.at(-1) ?? '';
				if (open && level === 0 && /^\p{Ll}/u.test(text)) blocks[blocks.length - 1] = joinWords(before, text);
				else blocks.push(level > 0 ? `${'#'.repeat(level)} ${text}` : text);
				at += taken;
			}
			open = false;
		}
	}
	return { markdown: blocks.join('\n\n'), heading };
}

interface Sizes {
	readonly body: number;
	readonly levels: readonly number[];
}

function textBlock(
	lines: readonly Line[],
	start: number,
	sizes: Sizes,
): { text: string; taken: number; level: number } {
	const first = lines[start];
	if (first === undefined) return { text: '', taken: 1, level: 0 };
	const level = sizes.levels.findIndex((size) => Math.abs(size - first.size) < 0.3) + 1;
	let text = cells(first);
	let at = start + 1;
	for (; at < lines.length; at += 1) {
		const line = lines[at];
		const before = lines[at - 1];
		if (line === undefined || before === undefined || tableRun(lines, at) > 0) break;
		const gap = line.y - before.y;
		if (Math.abs(line.size - before.size) > 0.12 * before.size || gap <= 0 || gap > 1.75 * before.size) break;
		if (/^\[\^\d+\]: /.test(line.text)) break;
		if (level > 0) text = joinWords(text, line.text);
		else if (startsItem(line) || !(fills(before, lines, start) || isBroken(before, line))) text += `\n${cells(line)}`;
		else text = joinWords(text, cells(line));
	}
	return { text, taken: at - start, level };
}

/** A lonely row of cells keeps them apart. */
function cells(line: Line): string {
	return line.segments
		.map((segment) => segment.text)
		.join(' | ')
		.replace(/^[•●▪‣◦·]\s*(?:\| )?/, '- ');
}

function startsItem(line: Line): boolean {
	return /^(?:[•●▪‣◦·–*-]\s?|\(?(?:\d{1,2}|[a-z])[.)]\s)/.test(line.text);
}

/** Tells whether a line runs to the edge of its column, so that the next one carries on its sentence. */
function fills(line: Line, lines: readonly Line[], start: number): boolean {
	let left = line.x;
	let right = line.right;
	for (let at = start; at < Math.min(lines.length, start + 40); at += 1) {
		const other = lines[at];
		const above = at > start ? lines[at - 1] : undefined;
		// Going up the page again is going on in the next column.
		if (other === undefined || (above !== undefined && other.y < above.y)) break;
		if (other.segments.length > 1 || Math.abs(other.size - line.size) >= 0.3) continue;
		left = Math.min(left, other.x);
		right = Math.max(right, other.right);
	}
	return line.segments.length === 1 && line.right - left >= 0.7 * (right - left) && line.text.length > 25;
}

/** A word parted at the line's end goes on whatever the line's length. */
function isBroken(before: Line, line: Line): boolean {
	return /\p{L}-$/u.test(before.text) && /^\p{Ll}/u.test(line.text);
}

function endsOpen(block: string): boolean {
	return !/^[#|]|[.:;!?)"”|]$/.test(block);
}

function bodySize(pages: readonly (readonly Line[])[]): number {
	const chars = new Map<number, number>();
	for (const { size, text } of pages.flat()) {
		const rounded = Math.round(size * 2) / 2;
		chars.set(rounded, (chars.get(rounded) ?? 0) + text.length);
	}
	return [...chars].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0, -1])[0];
}

/** The up to three largest sizes that short lines are set in, clearly above the body's. */
function headingSizes(pages: readonly (readonly Line[])[], body: number): number[] {
	const sizes = new Set<number>();
	for (const line of pages.flat()) {
		if (line.size >= 1.15 * body && line.segments.length === 1 && line.text.length <= 150)
			sizes.add(Math.round(line.size * 2) / 2);
	}
	return [...sizes].sort((a, b) => b - a).slice(0, 3);
}
