import { oneLine } from '../clean-text.ts';
import { type HtmlElement, isElement } from './html-node.ts';

/** TableGrid is a table with every spanned place filled in. */
export interface TableGrid {
	readonly caption: string;
	/** Column names; empty texts where the table has no header row. */
	readonly header: readonly string[];
	readonly rows: readonly (readonly string[])[];
}

const MAX_ROWS = 5_000;
const MAX_COLUMNS = 60;

/** tableGrid reads a data table; undefined for one that only lays out a page. */
export function tableGrid(table: HtmlElement, textOf: (cell: HtmlElement) => string): TableGrid | undefined {
	if (/^(?:presentation|none)$/.test(table.getAttribute('role') ?? '')) return undefined;
	const rows = rowsOf(table).slice(0, MAX_ROWS);
	if (isLayout(table, rows)) return undefined;
	const filled = fill(rows, textOf);
	const width = Math.max(0, ...filled.map((row) => row.length));
	const header = headerRows(rows);
	const names = Array.from({ length: width }, (_, column) => {
		const parts = filled.slice(0, header).map((row) => row[column] ?? '');
		return [...new Set(parts.filter((part) => part !== ''))].join(' – ');
	});
	const body = filled.slice(header).filter((row) => row.some((text) => text !== ''));
	if (width === 0 || (body.length === 0 && names.every((name) => name === ''))) return undefined;
	const caption = [...table.childNodes].filter(isElement).find((child) => child.localName === 'caption');
	return {
		caption: caption === undefined ? '' : oneLine(caption.textContent ?? ''),
		header: names,
		rows: body.map((row) => Array.from({ length: width }, (_, column) => row[column] ?? '')),
	};
}

/** renderTable writes a grid as a Markdown table. */
export function renderTable(grid: TableGrid): string {
	const line = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(' | ')} |`;
	return [line(grid.header), `|${' --- |'.repeat(grid.header.length)}`, ...grid.rows.map(line)].join('\n');
}

function escapeCell(text: string): string {
	return text.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ');
}

interface Row {
	readonly cells: readonly HtmlElement[];
	readonly inHead: boolean;
}

function rowsOf(table: HtmlElement): Row[] {
	const rows: Row[] = [];
	const foot: Row[] = [];
	for (const child of table.childNodes) {
		if (!isElement(child)) continue;
		if (child.localName === 'tr') rows.push({ cells: cellsOf(child), inHead: false });
		if (!/^t(?:head|body|foot)$/.test(child.localName)) continue;
		for (const row of child.childNodes) {
			if (!isElement(row) || row.localName !== 'tr') continue;
			(child.localName === 'tfoot' ? foot : rows).push({ cells: cellsOf(row), inHead: child.localName === 'thead' });
		}
	}
	return [...rows, ...foot].filter((row) => row.cells.length > 0);
}

function cellsOf(row: HtmlElement): HtmlElement[] {
	return [...row.childNodes].filter(isElement).filter(({ localName }) => localName === 'td' || localName === 'th');
}

function isLayout(table: HtmlElement, rows: readonly Row[]): boolean {
	if (!rows.some((row) => row.cells.length > 1)) return true;
	if (rows.some((row) => row.cells.some((cell) => cell.localName === 'th'))) return false;
	if (table.querySelector('table') !== null) return true;
	return rows.some((row) => row.cells.some((cell) => (cell.textContent ?? '').length > 2_000));
}

/** The rows that name the columns: those of `<thead>`, else a first row made of `<th>` only. */
function headerRows(rows: readonly Row[]): number {
	const inHead = rows.findIndex((row) => !row.inHead);
	if (inHead !== 0) return inHead === -1 ? 1 : inHead;
	const first = rows[0]?.cells ?? [];
	const second = rows[1]?.cells ?? [];
	const allNames =
		first.length > 1 && first.every((cell, at) => cell.localName === 'th' || (at === 0 && isEmpty(cell)));
	return allNames && !(second.length === first.length && second.every((cell) => cell.localName === 'th')) ? 1 : 0;
}

function isEmpty(cell: HtmlElement): boolean {
	return (cell.textContent ?? '').trim() === '';
}

/** Puts a spanning cell's text in every place it spans, so that each row and column can be read alone. */
function fill(rows: readonly Row[], textOf: (cell: HtmlElement) => string): string[][] {
	const width = Math.min(
		MAX_COLUMNS,
		Math.max(0, ...rows.slice(0, 50).map((row) => row.cells.reduce((sum, cell) => sum + span(cell, 'colspan'), 0))),
	);
	const grid: string[][] = rows.map(() => []);
	for (const [at, row] of rows.entries()) {
		const line = grid[at] ?? [];
		let column = 0;
		for (const cell of row.cells) {
			while (line[column] !== undefined) column += 1;
			if (column >= MAX_COLUMNS) break;
			const text = textOf(cell);
			const columns = Math.min(span(cell, 'colspan'), MAX_COLUMNS - column);
			// One cell across the whole table is a heading between rows, not a value of every column.
			const once = row.cells.length === 1 && columns >= width;
			for (let down = 0; down < Math.min(span(cell, 'rowspan'), rows.length - at); down += 1) {
				const target = grid[at + down] ?? [];
				for (let right = 0; right < columns; right += 1) target[column + right] ??= once && right > 0 ? '' : text;
			}
			column += columns;
		}
	}
	return grid.map((line) => Array.from(line, (text) => text ?? ''));
}

function span(cell: HtmlElement, name: 'colspan' | 'rowspan'): number {
	const value = Number.parseInt(cell.getAttribute(name) ?? '1', 10);
	// `rowspan="0"` means to the end of the table.
	if (name === 'rowspan' && value === 0) return MAX_ROWS;
	return value > 0 ? Math.min(value, name === 'colspan' ? MAX_COLUMNS : MAX_ROWS) : 1;
}
