import type { Token, Tokens } from 'marked';
import { decodeEntities, lexMarkdown } from './lex-markdown.ts';
import { type SafeLink, safeLink } from './safe-link.ts';
import { alignedTable, plainRows } from './table-text.ts';

/** Dialect is how one platform writes what Markdown means. Whatever is given to it as text is not escaped yet. */
export interface Dialect {
	/** Words as they are to be read. */
	text(words: string): string;
	/** Rendered lines, whose beginnings may look like marks that they are not. */
	lines(inner: string): string;
	strong(inner: string): string;
	em(inner: string): string;
	del(inner: string): string;
	/** Code in a line; `marked` inside other marks, where some platforms take none. */
	code(words: string, marked: boolean): string;
	/** `words` are rendered already. */
	link(link: SafeLink, words: string): string;
	heading(inner: string, depth: number): string;
	fence(code: string, language: string): string;
	quote(inner: string): string;
	readonly bullet: string;
	readonly rule: string;
	/** A table no wider than this is drawn as code; 0 where there is no such thing. */
	readonly tableColumns: number;
}

/** renderMarkdown writes Markdown in a dialect. Raw HTML becomes text, links that lead to no page become their words. */
export function renderMarkdown(markdown: string, dialect: Dialect): string {
	return new Rendering(dialect).blocks(lexMarkdown(markdown), 0).trim();
}

/** Deeper nesting is written as it was. */
const DEEPEST = 12;

interface Around {
	readonly depth: number;
	readonly marked: boolean;
	/** Strong already: marks of their own would double those around. */
	readonly strong: boolean;
	readonly linked: boolean;
}

class Rendering {
	readonly #dialect: Dialect;

	constructor(dialect: Dialect) {
		this.#dialect = dialect;
	}

	blocks(tokens: readonly Token[], depth: number, gap = '\n\n'): string {
		return tokens
			.map((token) => this.#block(token as Tokens.Generic, depth))
			.filter((block) => block.trim() !== '')
			.join(gap);
	}

	#block(token: Tokens.Generic, depth: number): string {
		const dialect = this.#dialect;
		if (depth > DEEPEST) return dialect.lines(dialect.text(token.raw));
		switch (token.type) {
			case 'heading':
				return dialect.heading(
					this.#inline(token.tokens, { depth, marked: true, strong: true, linked: false }),
					token['depth'],
				);
			case 'paragraph':
			case 'text':
				if (token.tokens === undefined) return dialect.lines(dialect.text(decodeEntities(token['text'])));
				return dialect.lines(this.#inline(token.tokens, { depth, marked: false, strong: false, linked: false }));
			case 'list':
				return this.#list(token as Tokens.List, depth);
			case 'blockquote': {
				const inner = this.blocks(token.tokens ?? [], depth + 1);
				return inner.trim() === '' ? '' : dialect.quote(inner);
			}
			case 'code':
				return dialect.fence(token['text'], String(token['lang'] ?? '').split(/\s/)[0] ?? '');
			case 'table':
				return this.#table(token as Tokens.Table, depth);
			case 'hr':
				return dialect.rule;
			case 'html':
				return dialect.lines(dialect.text(token['text'].trim()));
			case 'def':
			case 'space':
				return '';
			default:
				return dialect.lines(dialect.text(token.raw));
		}
	}

	#list({ items, ordered, start, loose }: Tokens.List, depth: number): string {
		const first = typeof start === 'number' ? start : 1;
		const lines = items.map((item, index) => {
			const check = item.task ? (item.checked === true ? '☑ ' : '☐ ') : '';
			const bullet = `${ordered ? `${first + index}.` : this.#dialect.bullet} ${check}`;
			const tokens = item.tokens.filter((token) => token.type !== 'checkbox');
			return bullet + indented(this.blocks(tokens, depth + 1, '\n'), ordered ? '   ' : '  ');
		});
		return lines.join(loose && lines.some((line) => line.length > 200) ? '\n\n' : '\n');
	}

	#table({ header, rows, align }: Tokens.Table, depth: number): string {
		const { tableColumns } = this.#dialect;
		const hasLinks = rows.some((row) => row.some(({ tokens }) => tokens.some(({ type }) => type === 'link')));
		if (tableColumns > 0 && !hasLinks) {
			const words = [header, ...rows].map((row) => row.map(({ tokens }) => plainWords(tokens, depth)));
			const drawn = alignedTable(words, align, tableColumns);
			if (drawn !== undefined) return this.#dialect.fence(drawn, '');
		}
		const inline = (cell: Tokens.TableCell, titled: boolean) =>
			this.#inline(cell.tokens, { depth, marked: titled, strong: titled, linked: false }).replaceAll('\n', ' ');
		return plainRows(
			header.map((cell) => inline(cell, false)),
			rows.map((row) => row.map((cell, column) => inline(cell, column === 0))),
			{ bullet: this.#dialect.bullet, title: (words) => this.#dialect.strong(words) },
		);
	}

	#inline(tokens: readonly Token[] | undefined, around: Around): string {
		return (tokens ?? []).map((token) => this.#inlineToken(token as Tokens.Generic, around)).join('');
	}

	#inlineToken(token: Tokens.Generic, around: Around): string {
		const dialect = this.#dialect;
		if (around.depth > DEEPEST) return dialect.text(token.raw);
		const inside = { ...around, depth: around.depth + 1 };
		const within = () => this.#inline(token.tokens, { ...inside, marked: true });
		switch (token.type) {
			case 'strong': {
				const inner = this.#inline(token.tokens, { ...inside, marked: true, strong: true });
				return around.strong ? inner : wrapped(inner, (words) => dialect.strong(words));
			}
			case 'em':
				return wrapped(within(), (inner) => dialect.em(inner));
			case 'del':
				return wrapped(within(), (inner) => dialect.del(inner));
			case 'codespan':
				return dialect.code(token['text'], around.marked);
			case 'link':
			case 'image':
				return this.#link(token, inside);
			case 'br':
				return '\n';
			case 'html':
				return /^<br\s{0,3}\/?>$/i.test(token['text']) ? '\n' : dialect.text(token['text']);
			case 'escape':
				return dialect.text(decodeEntities(token['text']));
			default:
				if (token.tokens !== undefined) return this.#inline(token.tokens, inside);
				return dialect.text(decodeEntities(String(token['text'] ?? token.raw)));
		}
	}

	#link(token: Tokens.Generic, around: Around): string {
		const words =
			token.type === 'image' ? decodeEntities(token['text'] || 'image') : plainWords(token.tokens, around.depth);
		const link = around.linked ? undefined : safeLink(decodeEntities(String(token['href'])), words);
		if (link === undefined) return this.#dialect.text(words);
		return this.#dialect.link(link, this.#dialect.text(link.words));
	}
}

/** plainWords are the words of inline tokens without their marks. */
function plainWords(tokens: readonly Token[] | undefined, depth: number): string {
	if (depth > DEEPEST) return (tokens ?? []).map(({ raw }) => raw).join('');
	return (tokens ?? [])
		.map((token) => {
			const { type, tokens: inner, text = '', raw } = token as Tokens.Generic;
			if (type === 'br') return ' ';
			if (type === 'codespan' || type === 'html') return String(text);
			if (inner !== undefined && inner.length > 0) return plainWords(inner, depth + 1);
			return decodeEntities(String(text || raw));
		})
		.join('');
}

/** Marks around nothing would be shown as they are. */
function wrapped(inner: string, wrap: (inner: string) => string): string {
	return inner.trim() === '' ? inner : wrap(inner);
}

function indented(text: string, by: string): string {
	return text.replaceAll('\n', `\n${by}`);
}
