import { plainText } from './inline.ts';

/** TableRow is one row: its cells as Markdown, and the whole row as it stands in the document. */
export interface TableRow {
	readonly cells: readonly string[];
	readonly raw: string;
}

/** Block is one piece of a document with the headings it stands under, outermost first. */
export type Block = { readonly section: readonly string[] } & (
	| { readonly type: 'heading'; readonly text: string }
	| { readonly type: 'paragraph'; readonly lines: readonly string[] }
	| { readonly type: 'list'; readonly items: readonly string[] }
	| { readonly type: 'table'; readonly rows: readonly TableRow[]; readonly headed: boolean }
);

/** readBlocks cuts Markdown, or the text of a PDF with ` | ` or tabs between cells, into headings, paragraphs, lists and tables. */
export function readBlocks(markdown: string): Block[] {
	const reader = new BlockReader();
	let fenced = false;
	for (const line of markdown.split(/\r?\n/)) {
		if (/^\s*(```|~~~)/.test(line)) {
			fenced = !fenced;
			reader.end();
		} else if (line.trim() === '' || fenced) reader.end();
		else reader.take(line);
	}
	reader.end();
	return reader.blocks;
}

/** isRow tells a table row from prose. */
function isRow(line: string): boolean {
	return /^\s*\|.*\|\s*$/.test(line) || / \| /.test(line) || /\S\t+\S/.test(line);
}

const BULLET = /^\s*(?:[-*+•▪◦–·]|\d{1,2}(?:\.\d{1,2})+\.?|\d{1,3}[.)]|\([a-z0-9]{1,3}\)|[a-z]\))\s+(?=\S)/i;
const SEPARATOR = /^\s*\|?(?:\s*:?-{2,}:?\s*\|)*\s*:?-{2,}:?\s*\|?\s*$/;

class BlockReader {
	readonly blocks: Block[] = [];
	private path: { level: number; text: string }[] = [];
	private lines: string[] = [];
	private kind: 'paragraph' | 'list' | 'table' = 'paragraph';

	take(line: string): void {
		// Footnotes stand line by line, each a paragraph of its own.
		if (/^\s*\[\^[\w-]{1,20}\]:/.test(line)) this.end();
		const heading = /^\s{0,3}(#{1,6})\s+(.+?)\s*#*\s*$/.exec(line);
		if (heading) {
			this.end();
			this.open(heading[1]?.length ?? 1, plainText(heading[2] ?? ''));
			return;
		}
		const kind =
			isRow(line) || (this.kind === 'table' && SEPARATOR.test(line)) ? 'table' : BULLET.test(line) ? 'list' : undefined;
		// A wrapped line of prose may begin with a number ("… until\n30. June"): inside a paragraph only `1.` starts a list.
		if (kind === 'list' && this.kind === 'paragraph' && this.lines.length > 0 && /^\s*(?!1[.)])\d/.test(line)) {
			this.lines.push(line);
			return;
		}
		const next = kind ?? (this.kind === 'list' && this.lines.length > 0 ? 'list' : 'paragraph');
		if (next !== this.kind) this.end();
		this.kind = next;
		this.lines.push(line);
	}

	end(): void {
		const { lines, kind } = this;
		this.lines = [];
		this.kind = 'paragraph';
		if (lines.length === 0) return;
		const section = this.path.map((heading) => heading.text);
		if (kind === 'table') this.blocks.push({ type: 'table', section, ...readTable(lines) });
		else if (kind === 'list') this.blocks.push({ type: 'list', section, items: readItems(lines) });
		else if (lines.length === 1 && looksLikeHeading(lines[0] ?? '')) this.open(7, plainText(lines[0] ?? ''));
		else this.blocks.push({ type: 'paragraph', section, lines });
	}

	private open(level: number, text: string): void {
		this.path = [...this.path.filter((heading) => heading.level < level), { level, text }];
		this.blocks.push({ type: 'heading', text, section: this.path.map((heading) => heading.text) });
	}
}

/** A PDF marks no headings: a short line by itself, without a full stop or a figure, is taken for one. */
function looksLikeHeading(line: string): boolean {
	if (line.length > 400) return false;
	const text = plainText(line);
	return (
		text.length <= 70 &&
		/^(?:\d{1,2}(?:\.\d{1,2})*\.?\s+|[A-Z]\.\s+|§\s?\d+\s+)?\p{Lu}/u.test(text) &&
		!/[.;,:!]$/.test(text) &&
		!/[$€£]|\d{3}|^\*|^\[/.test(text)
	);
}

function readItems(lines: readonly string[]): string[] {
	const items: string[] = [];
	for (const line of lines) {
		if (BULLET.test(line) || items.length === 0) items.push(line.trim());
		else items.push(`${items.pop() ?? ''}\n${line}`);
	}
	return items;
}

function readTable(lines: readonly string[]): { rows: TableRow[]; headed: boolean } {
	const rows: TableRow[] = [];
	let headed = false;
	for (const line of lines) {
		if (SEPARATOR.test(line)) {
			headed ||= rows.length === 1;
			continue;
		}
		const raw = line
			.trim()
			.replace(/^\|\s*/, '')
			.replace(/\s*(?<!\\)\|$/, '');
		const cells = raw.split(/\s*(?<!\\)\|\s*|\t+/).map((cell) => cell.trim());
		rows.push({ cells, raw });
	}
	return { rows, headed };
}
