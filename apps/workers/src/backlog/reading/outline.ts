import { plainText } from '../../text/facts/inline.ts';

/** ListItem is one item of a list with those that stand under it. */
export interface ListItem {
	readonly text: string;
	readonly items: readonly ListItem[];
}

/** OutlineBlock is one piece of a section's own content. */
export type OutlineBlock =
	| { readonly type: 'paragraph'; readonly text: string }
	| { readonly type: 'list'; readonly items: readonly ListItem[] }
	| { readonly type: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
	| { readonly type: 'code'; readonly text: string };

/** Section is a heading with what stands under it. */
export interface Section {
	readonly level: number;
	readonly title: string;
	readonly blocks: readonly OutlineBlock[];
	readonly sections: readonly Section[];
}

interface OpenSection extends Section {
	readonly blocks: OutlineBlock[];
	readonly sections: OpenSection[];
}

interface OpenItem extends ListItem {
	text: string;
	readonly items: OpenItem[];
}

/** What is longer is no line that somebody wrote. */
const MAX_LINE = 20_000;
const MAX_LINES = 60_000;
/** Lists and sections are walked by recursion. */
const MAX_DEPTH = 8;
const MAX_CELLS = 30;
const MAX_SECTIONS = 5_000;

/** readOutline reads Markdown, or the text of a PDF, as sections within sections. It is done in one pass, whatever the text is. */
export function readOutline(markdown: string): Section {
	const lines = markdown
		.slice(0, 2_000_000)
		.split(/\r?\n/, MAX_LINES)
		.map((line) => line.slice(0, MAX_LINE));
	const marked = lines.some((line) => HEADING.test(line));
	const reader = new OutlineReader(marked);
	for (const [at, line] of lines.entries()) reader.take(line, lines[at - 1] ?? '', lines[at + 1] ?? '');
	return reader.end();
}

const HEADING = /^ {0,3}(#{1,6})[ \t]+(\S.*)$/;
const FENCE = /^\s*(?:```|~~~)/;
const BULLET = /^(\s*)(?:[-*+•▪◦‣]|\d{1,3}[.)]|\(?[a-z][.)]|\([0-9ivx]{1,4}\))\s+(?=\S)/i;
const RULE = /^\s*(?:[-*_=]\s*){3,}$/;
const ROW = /^\s*\|.*\|?\s*$|\S\s+\|\s+\S/;
const SEPARATOR = /^[\s|:+-]*-{2,}[\s|:+-]*$/;
const NUMBERED = /^(\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+(?=\p{Lu})/u;
const BOLD_LINE = /^\s*(?:\*\*|__)([^*_]{2,100})(?:\*\*|__)\s*:?\s*$/;

class OutlineReader {
	readonly #root: OpenSection = { level: 0, title: '', blocks: [], sections: [] };
	readonly #path: OpenSection[] = [this.#root];
	readonly #marked: boolean;
	#paragraph: string[] = [];
	#rows: string[] = [];
	#code: string[] | undefined;
	#list: { readonly items: OpenItem[]; readonly open: { indent: number; item: OpenItem }[] } | undefined;
	#gap = false;
	#sections = 0;

	constructor(marked: boolean) {
		this.#marked = marked;
	}

	take(line: string, before: string, after: string): void {
		if (FENCE.test(line)) return this.#fence();
		if (this.#code !== undefined) return void this.#code.push(line);
		if (line.trim() === '') {
			this.#gap = true;
			return this.#closeText();
		}
		const heading = this.#sections < MAX_SECTIONS ? this.#headingIn(line, before, after) : undefined;
		if (heading !== undefined) return this.#open(heading.level, heading.title);
		if (RULE.test(line) && !line.includes('|')) return this.#closeAll();
		const bullet = BULLET.exec(line);
		if (bullet !== null && !(this.#paragraph.length > 0 && /^\s*(?!1[.)])\d/.test(line))) {
			this.#item(line.slice(bullet[0].length).trim(), indentOf(bullet[1] ?? ''));
		} else if (ROW.test(line) || (this.#rows.length > 0 && SEPARATOR.test(line))) this.#row(line);
		else this.#text(line);
		this.#gap = false;
	}

	end(): Section {
		if (this.#code !== undefined) this.#fence();
		this.#closeAll();
		return this.#root;
	}

	#headingIn(line: string, before: string, after: string): { level: number; title: string } | undefined {
		const marked = HEADING.exec(line);
		if (marked !== null) return { level: marked[1]?.length ?? 1, title: titleIn(marked[2] ?? '') };
		const alone = before.trim() === '' && after.trim() === '';
		if (before.trim() === '' && /^\s*(?:={3,}|-{3,})\s*$/.test(after) && line.length < 200 && !BULLET.test(line)) {
			if (!ROW.test(line)) return { level: after.includes('=') ? 1 : 2, title: titleIn(line) };
		}
		if (!alone || line.length > 120 || /^\s/.test(line)) return undefined;
		const bold = BOLD_LINE.exec(line);
		if (bold !== null) return { level: 7, title: titleIn(bold[1] ?? '') };
		if (this.#marked || /[.;,:!?]$/.test(line.trim())) return undefined;
		const number = NUMBERED.exec(line)?.[1];
		if (number !== undefined) return { level: Math.min(6, number.split('.').length), title: titleIn(line) };
		return line.length <= 70 && /^\p{Lu}[^|\d]*$/u.test(line) && line.split(/\s+/).length <= 9
			? { level: 1, title: titleIn(line) }
			: undefined;
	}

	#open(level: number, title: string): void {
		this.#closeAll();
		this.#sections += 1;
		while ((this.#path.at(-1)?.level ?? 0) >= level) this.#path.pop();
		const section: OpenSection = { level, title, blocks: [], sections: [] };
		(this.#path.at(-1) ?? this.#root).sections.push(section);
		this.#path.push(section);
	}

	#fence(): void {
		this.#closeAll();
		if (this.#code === undefined) this.#code = [];
		else {
			this.#add({ type: 'code', text: this.#code.join('\n') });
			this.#code = undefined;
		}
	}

	#item(text: string, indent: number): void {
		this.#closeText();
		this.#list ??= { items: [], open: [] };
		const { items, open } = this.#list;
		while (open.length > 0 && (open.at(-1)?.indent ?? 0) >= indent) open.pop();
		const item: OpenItem = { text, items: [] };
		(open.at(-1)?.item.items ?? items).push(item);
		if (open.length < MAX_DEPTH) open.push({ indent, item });
	}

	#row(line: string): void {
		if (this.#rows.length === 0) this.#closeAll();
		this.#rows.push(line);
	}

	#text(line: string): void {
		const item = this.#list?.open.at(-1)?.item;
		// A line after an item goes on with it, unless there is a gap before and it begins at the margin.
		if (item !== undefined && (!this.#gap || /^\s{2,}/.test(line))) {
			if (item.text.length < MAX_LINE) item.text = `${item.text}${this.#gap ? '\n' : ' '}${line.trim()}`;
			return;
		}
		this.#closeList();
		if (this.#rows.length > 0) this.#closeRows();
		this.#paragraph.push(line.trim());
	}

	#closeText(): void {
		if (this.#paragraph.length > 0) this.#add({ type: 'paragraph', text: this.#paragraph.join('\n') });
		this.#paragraph = [];
		this.#closeRows();
	}

	#closeRows(): void {
		if (this.#rows.length === 0) return;
		const rows = this.#rows.filter((row) => !SEPARATOR.test(row)).map(cellsIn);
		this.#rows = [];
		const [head, ...others] = rows;
		if (head === undefined) return;
		if (others.length === 0) this.#add({ type: 'paragraph', text: head.join(' | ') });
		else this.#add({ type: 'table', head, rows: others });
	}

	#closeList(): void {
		if (this.#list !== undefined) this.#add({ type: 'list', items: this.#list.items });
		this.#list = undefined;
	}

	#closeAll(): void {
		this.#closeText();
		this.#closeList();
		this.#gap = false;
	}

	#add(block: OutlineBlock): void {
		(this.#path.at(-1) ?? this.#root).blocks.push(block);
	}
}

function indentOf(space: string): number {
	return space.replaceAll('\t', '    ').length;
}

function cellsIn(line: string): string[] {
	const inner = line.trim().replace(/^\|/, '').replace(/\|$/, '');
	return inner
		.split(/(?<!\\)\|/, MAX_CELLS)
		.map((cell) => cell.trim())
		.map((cell) => cell.replace(/<br\s*\/?>/gi, ' '));
}

function titleIn(text: string): string {
	return plainText(text.slice(0, 300).replace(/\s#+\s*$/, '')).replace(/:$/, '');
}
