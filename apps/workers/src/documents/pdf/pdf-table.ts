import type { TableGrid } from '../html/table-grid.ts';
import type { Line, Segment } from './text-lines.ts';

/** tableRun is how many of the lines from `start` on belong to one table; 0 if none begins there. */
export function tableRun(lines: readonly Line[], start: number): number {
	const first = lines[start];
	if (first === undefined || first.segments.length < 2) return 0;
	let rows = 1;
	let end = start + 1;
	for (let at = start + 1; at < lines.length; at += 1) {
		const line = lines[at];
		const before = lines[at - 1];
		if (line === undefined || before === undefined) break;
		const gap = line.y - before.y;
		if (gap <= 0 || gap > 3.2 * Math.max(line.size, before.size)) break;
		if (line.segments.length >= 2) {
			rows += 1;
			end = at + 1;
			continue;
		}
		// A line with one segment goes on with a cell, or it ends the table.
		if (!continues(line, gap, lines.slice(start, at))) break;
		end = at + 1;
	}
	return rows >= 2 ? end - start : 0;
}

/** pdfTable arranges the lines of a table into rows and columns; wrapped cells are put together again. */
export function pdfTable(lines: readonly Line[]): TableGrid {
	const columns = columnsOf(lines);
	const rows: { cells: string[]; y: number }[] = [];
	const rowGap = typicalRowGap(lines, columns);
	const wrapGap = lineSpacing(lines);
	for (const [at, line] of lines.entries()) {
		const cells = placed(line.segments, columns);
		const gap = line.y - (lines[at - 1]?.y ?? Number.NEGATIVE_INFINITY);
		const last = rows.at(-1);
		const close =
			line.segments.length === 1 ? gap < 0.85 * rowGap : line.segments.length < columns.length && gap <= wrapGap;
		const wrapped = gap <= 1.5 * line.size && (cells[0] === '' || close);
		if (last !== undefined && wrapped)
			last.cells = last.cells.map((text, column) => joinWords(text, cells[column] ?? ''));
		else rows.push({ cells, y: line.y });
	}
	const grid = rows.map((row) => row.cells);
	const header = columns.length >= 3 && (grid[0]?.filter((text) => text !== '').length ?? 0) >= 2 ? grid[0] : undefined;
	return { caption: '', header: header ?? columns.map(() => ''), rows: header === undefined ? grid : grid.slice(1) };
}

/** joinWords puts two lines of running text together, healing a word parted at the line's end. */
export function joinWords(before: string, after: string): string {
	if (before === '' || after === '') return before + after;
	if (/\p{L}-$/u.test(before) && /^\p{Ll}/u.test(after)) return before.slice(0, -1) + after;
	return `${before} ${after}`;
}

function continues(line: Line, gap: number, table: readonly Line[]): boolean {
	if (gap > 1.5 * line.size) return false;
	const starts = table.flatMap((row) => row.segments.slice(1).map((segment) => segment.x));
	if (starts.some((x) => Math.abs(x - line.x) <= 0.5 * line.size)) return true;
	// The first column's text, wrapped: it must end before the second column begins.
	const second = Math.min(...starts);
	const sameStart = table.some((row) => Math.abs(row.x - line.x) <= 0.5 * line.size);
	const rowGaps = table.slice(1).map((row, index) => row.y - (table[index]?.y ?? 0));
	return sameStart && line.right < second && rowGaps.length > 0 && gap < 0.85 * Math.max(...rowGaps);
}

interface Column {
	x: number;
	right: number;
}

/** The columns are those of the most common number of cells; ties go to the wider rows. */
function columnsOf(lines: readonly Line[]): readonly Column[] {
	const counts = new Map<number, number>();
	for (const { segments } of lines) {
		if (segments.length > 1) counts.set(segments.length, (counts.get(segments.length) ?? 0) + 1);
	}
	const width = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 2;
	const columns: Column[] = [];
	for (const { segments } of lines.filter((line) => line.segments.length === width)) {
		for (const [at, segment] of segments.entries()) {
			const column = columns[at];
			if (column === undefined) columns.push({ x: segment.x, right: segment.right });
			else {
				column.x = Math.min(column.x, segment.x);
				column.right = Math.max(column.right, segment.right);
			}
		}
	}
	return columns;
}

function placed(segments: readonly Segment[], columns: readonly Column[]): string[] {
	const cells = columns.map(() => '');
	for (const segment of segments) {
		const at = nearest(segment, columns);
		cells[at] = joinWords(cells[at] ?? '', segment.text);
	}
	return cells;
}

function nearest(segment: Segment, columns: readonly Column[]): number {
	let best = 0;
	let bestFit = Number.NEGATIVE_INFINITY;
	for (const [at, column] of columns.entries()) {
		const overlap = Math.min(segment.right, column.right) - Math.max(segment.x, column.x);
		// Without any overlap this is the negative distance; with it, the left edge decides between wide columns.
		const fit = overlap > 0 ? overlap / (segment.right - segment.x) - Math.abs(segment.x - column.x) / 10_000 : overlap;
		if (fit > bestFit) {
			best = at;
			bestFit = fit;
		}
	}
	return best;
}

/** The distance of lines within cells, where the table shows two kinds of distances; 0 where all rows are as close. */
function lineSpacing(lines: readonly Line[]): number {
	const gaps = lines.slice(1).map((line, at) => line.y - (lines[at]?.y ?? line.y));
	const least = Math.min(...gaps);
	return gaps.filter((gap) => gap >= 1.25 * least).length >= 2 ? 1.1 * least : 0;
}

function typicalRowGap(lines: readonly Line[], columns: readonly Column[]): number {
	const gaps = lines
		.slice(1)
		.map((line, at) => ({ line, gap: line.y - (lines[at]?.y ?? line.y) }))
		.filter(
			({ line }) =>
				line.segments.length > 1 && nearest(line.segments[0] ?? { text: '', x: 0, right: 1 }, columns) === 0,
		)
		.map(({ gap }) => gap)
		.sort((a, b) => a - b);
	return gaps[Math.floor(gaps.length / 2)] ?? 0;
}
