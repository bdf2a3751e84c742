import { oneLine } from '../clean-text.ts';
import { type Footnotes, footnoteLabel, isBackLink } from './footnotes.ts';
import { type HtmlElement, type HtmlNode, isElement, isText } from './html-node.ts';
import { cellText, inlineText } from './inline-text.ts';
import { renderTable, tableGrid } from './table-grid.ts';

/**
 * renderMarkdown writes the content below a node as Markdown meant for reading and quoting: headings, lists, tables with all
 * their cells, `Label: value` lines for definition lists, footnotes, code, and `~~text~~` for what was struck out. Bold,
 * italics and link targets are left out of the text, so that a sentence can be quoted word by word; links are listed apart.
 */
export function renderMarkdown(root: HtmlNode, footnotes: Footnotes): string {
	const writer = new MarkdownWriter(footnotes);
	writer.children(root);
	return writer.result();
}

interface Block {
	readonly text: string;
	/** Stands directly under the block before it, without an empty line. */
	readonly tight: boolean;
}

class MarkdownWriter {
	readonly #footnotes: Footnotes;
	readonly #blocks: Block[] = [];
	readonly #notes = new Set<string>();
	#pending: HtmlNode[] = [];
	#prefix = '';
	#marker: string | undefined;
	#heading = '';
	#tight = false;
	#struck = 0;

	constructor(footnotes: Footnotes) {
		this.#footnotes = footnotes;
	}

	result(): string {
		this.#flush();
		const parts = this.#blocks.map((block, index) => (index === 0 ? '' : block.tight ? '\n' : '\n\n') + block.text);
		return parts.join('');
	}

	children(node: HtmlNode): void {
		for (const child of node.childNodes) this.#visit(child);
	}

	#visit(node: HtmlNode): void {
		if (isText(node)) {
			this.#pending.push(node);
			return;
		}
		if (!isElement(node)) return;
		if (!BLOCKS.has(node.localName) && !holdsBlock(node)) {
			this.#pending.push(node);
			return;
		}
		this.#flush();
		const label = footnoteLabel(node, this.#footnotes);
		if (label !== undefined && this.#marker === undefined) this.#marker = `${this.#prefix}${label}: `;
		this.#block(node);
		this.#flush();
	}

	#block(element: HtmlElement): void {
		const tag = element.localName;
		if (/^h[1-6]$/.test(tag)) this.#within(() => (this.#heading = `${'#'.repeat(Number(tag[1]))} `), element);
		else if (tag === 'ul' || tag === 'ol') this.#list(element);
		else if (tag === 'dl') this.#definitions(element);
		else if (tag === 'table') this.#table(element);
		else if (tag === 'pre') this.#code(element);
		else if (tag === 'blockquote') this.#within(() => (this.#prefix += '> '), element);
		else if (tag === 'hr') this.#push('---');
		else if (tag === 'caption' || tag === 'figcaption' || tag === 'summary') this.#within(() => undefined, element);
		else if (tag === 'del' || tag === 's') this.#within(() => (this.#struck += 1), element);
		else this.children(element);
	}

	/** Runs over the children with a changed setting, and puts it back. */
	#within(change: () => unknown, element: HtmlElement): void {
		const before = { prefix: this.#prefix, heading: this.#heading, tight: this.#tight, struck: this.#struck };
		change();
		this.children(element);
		this.#flush();
		this.#prefix = before.prefix;
		this.#heading = before.heading;
		this.#tight = before.tight;
		this.#struck = before.struck;
	}

	#list(list: HtmlElement): void {
		const before = { prefix: this.#prefix, tight: this.#tight };
		let number = Number(list.getAttribute('start') ?? 1) || 1;
		let first = !(this.#tight || this.#isOfItem());
		for (const child of list.childNodes) {
			if (!isElement(child) || child.localName !== 'li') {
				this.#visit(child);
				continue;
			}
			const bullet = list.localName === 'ol' ? `${number}. ` : '- ';
			const label = footnoteLabel(child, this.#footnotes);
			this.#flush();
			// A nested list's first item keeps the marker of the item it opens.
			this.#marker = `${this.#marker ?? before.prefix}${label === undefined ? bullet : `${label}: `}`;
			this.#prefix = before.prefix + ' '.repeat(label === undefined ? bullet.length : 0);
			this.#tight = !first;
			this.children(child);
			this.#flush();
			this.#marker = undefined;
			first = false;
			number += 1;
		}
		this.#prefix = before.prefix;
		this.#tight = before.tight;
	}

	#definitions(list: HtmlElement): void {
		let first = true;
		for (const { label, values } of definitions(list, this.#footnotes)) {
			const value = values.filter((text) => text !== '').join('; ');
			const name = label.replace(/\s*:$/, '');
			if (name === '' && value === '') continue;
			this.#push(name === '' ? value : value === '' ? name : `${name}: ${value}`, !first);
			first = false;
		}
	}

	#table(table: HtmlElement): void {
		const grid = tableGrid(table, (cell) => this.#strike(cellText(cell, this.#footnotes)));
		if (grid === undefined) {
			this.children(table);
			return;
		}
		if (grid.caption !== '') this.#push(grid.caption);
		const indent = this.#prefix;
		this.#push(renderTable(grid).replaceAll('\n', `\n${indent}`));
	}

	#code(element: HtmlElement): void {
		const code = (element.textContent ?? '').replace(/^\n|\s+$/g, '');
		if (code === '') return;
		const fence = '`'.repeat(Math.max(3, ...[...code.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
		this.#push(`${fence}\n${code}\n${fence}`.replaceAll('\n', `\n${this.#prefix}`));
	}

	#flush(): void {
		if (this.#pending.length === 0) return;
		const text = inlineText(this.#pending, this.#footnotes);
		this.#pending = [];
		if (text === '') return;
		if (this.#heading !== '') this.#push(this.#heading + this.#strike(oneLine(text)));
		else this.#push(this.#strike(text).replaceAll('\n', `\n${this.#prefix}`));
	}

	#strike(text: string): string {
		return this.#struck > 0 && text !== '' ? `~~${text.replaceAll('~~', '')}~~` : text;
	}

	#push(text: string, tight = this.#tight): void {
		const inItem = this.#isOfItem();
		// A mark at the start of a paragraph is a footnote's own number.
		const note = this.#marker === undefined ? text.replace(/^(\[\^[^\]\s]{1,8}\]) (?=\S)/, '$1: ') : text;
		const block = (this.#marker ?? this.#prefix) + note;
		this.#marker = undefined;
		if (/^\[\^[^\]]+\]: /.test(block)) {
			// A note that is referred to twice is written once.
			if (this.#notes.has(block)) return;
			this.#notes.add(block);
		}
		this.#blocks.push({ text: block, tight: tight || inItem });
	}

	/** A second block of a list item stays with it. */
	#isOfItem(): boolean {
		return this.#marker === undefined && /^ +$/.test(this.#prefix);
	}
}

function* definitions(list: HtmlElement, footnotes: Footnotes): Generator<{ label: string; values: string[] }> {
	let labels: string[] = [];
	let values: string[] = [];
	for (const item of definitionItems(list)) {
		const text = cellText(item, footnotes);
		if (item.localName === 'dd') {
			values.push(text);
			continue;
		}
		if (values.length > 0) {
			yield { label: labels.join(', '), values };
			labels = [];
			values = [];
		}
		labels.push(text);
	}
	if (labels.length > 0 || values.length > 0) yield { label: labels.join(', '), values };
}

function* definitionItems(list: HtmlElement): Generator<HtmlElement> {
	for (const child of list.childNodes) {
		if (!isElement(child)) continue;
		if (child.localName === 'dt' || child.localName === 'dd') yield child;
		else yield* definitionItems(child);
	}
}

/** Links, spans and strikes may hold blocks; the bounded depth keeps this look from costing much. */
function holdsBlock(element: HtmlElement): boolean {
	if (isBackLink(element)) return false;
	for (const child of element.childNodes) {
		if (isElement(child) && (BLOCKS.has(child.localName) || holdsBlock(child))) return true;
	}
	return false;
}

const BLOCKS: ReadonlySet<string> = new Set(
	(
		'address article aside blockquote body caption dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr ' +
		'html li main nav ol p pre section summary table tbody td tfoot th thead tr ul'
	).split(' '),
);
