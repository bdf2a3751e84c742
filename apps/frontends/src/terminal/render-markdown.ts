import { marked, type Token, type Tokens } from 'marked';
import { cleanLine, cleanText } from './clean-text.ts';
import { pad, widthOf, wrap } from './fit.ts';
import type { Paint } from './paint.ts';

/** markdownLines draws Markdown for a terminal: wrapped paragraphs, lists, quotes, and tables whose columns line up. */
export function markdownLines(markdown: string, look: { readonly width: number; readonly paint: Paint }): string[] {
	const tokens = marked.lexer(cleanText(markdown));
	return blocks(tokens, look.width, look.paint);
}

function blocks(tokens: readonly Token[], width: number, paint: Paint): string[] {
	const lines: string[] = [];
	for (const token of tokens) {
		const drawn = block(token as Tokens.Generic, width, paint);
		if (drawn.length === 0) continue;
		if (lines.length > 0) lines.push('');
		lines.push(...drawn);
	}
	return lines;
}

// Every text leaf is cleaned where it is drawn, so that no way of writing a character brings a control one back.
function block(token: Tokens.Generic, width: number, paint: Paint): string[] {
	switch (token.type) {
		case 'heading':
			return wrap(paint.bold(inline(token.tokens, paint)), width);
		case 'paragraph':
		case 'text':
			return wrap(token.tokens === undefined ? cleanText(token['text']) : inline(token.tokens, paint), width);
		case 'list':
			return list(token as Tokens.List, width, paint);
		case 'blockquote':
			return blocks(token.tokens ?? [], width - 2, paint).map((line) => `${paint.dim('│')} ${line}`);
		case 'code':
			return cleanText(token['text'])
				.split('\n')
				.map((line) => `    ${line}`);
		case 'table':
			return table(token as Tokens.Table, width, paint);
		case 'hr':
			return [paint.dim('─'.repeat(Math.min(width, 40)))];
		case 'html':
			return wrap(cleanText(token['text']).trim(), width);
		default:
			return [];
	}
}

function list({ items, ordered, start }: Tokens.List, width: number, paint: Paint): string[] {
	const first = typeof start === 'number' ? start : 1;
	return items.flatMap((item, index) => {
		const check = item.task ? (item.checked === true ? '☑ ' : '☐ ') : '';
		const bullet = `${ordered ? `${first + index}.` : '•'} ${check}`;
		const room = width - widthOf(bullet);
		const lines = item.tokens
			.filter((token) => token.type !== 'checkbox')
			.flatMap((token) => block(token as Tokens.Generic, room, paint));
		return lines.map((line, row) => (row === 0 ? bullet : ' '.repeat(widthOf(bullet))) + line);
	});
}

function inline(tokens: readonly Token[] | undefined, paint: Paint): string {
	return (tokens ?? []).map((token) => inlineToken(token as Tokens.Generic, paint)).join('');
}

function inlineToken(token: Tokens.Generic, paint: Paint): string {
	switch (token.type) {
		case 'strong':
			return paint.bold(inline(token.tokens, paint));
		case 'em':
			return paint.italic(inline(token.tokens, paint));
		case 'codespan':
			return paint.live(cleanText(token['text']));
		case 'link': {
			const words = inline(token.tokens, paint);
			const href = cleanLine(String(token['href']));
			return words === href ? words : `${words} ${paint.dim(`(${href})`)}`;
		}
		case 'image':
			return `${cleanLine(String(token['text']) || 'image')} ${paint.dim(`(${cleanLine(String(token['href']))})`)}`;
		case 'br':
			return '\n';
		case 'del':
			return inline(token.tokens, paint);
		case 'escape':
		case 'html':
			return cleanText(token['text']);
		default:
			return token.tokens === undefined ? cleanText(String(token['text'] ?? '')) : inline(token.tokens, paint);
	}
}

/** Longer words, such as addresses, are broken. */
const WIDEST_WORD = 16;

function table({ header, rows, align }: Tokens.Table, width: number, paint: Paint): string[] {
	const texts = [header, ...rows].map((row) => row.map((cell) => inline(cell.tokens, paint)));
	const widths = columnWidths(texts, width - 3 * (header.length - 1));
	if (widths === undefined) return records(header, rows, width, paint);
	const drawn = texts.map((row, index) => {
		const cells = row.map((text, column) => {
			const room = widths[column] ?? WIDEST_WORD;
			return wrap(index === 0 ? paint.bold(text) : text, room).map((line) => pad(line, room, align[column] ?? 'left'));
		});
		const height = Math.max(...cells.map((cell) => cell.length));
		return Array.from({ length: height }, (_, line) =>
			cells
				.map((cell, column) => cell[line] ?? ' '.repeat(widths[column] ?? 0))
				.join(paint.dim(' │ '))
				.trimEnd(),
		);
	});
	const rule = paint.dim(widths.map((each) => '─'.repeat(each)).join('─┼─'));
	const [head = [], ...body] = drawn;
	const tall = body.some((row) => row.length > 1);
	return [...head, rule, ...body.flatMap((row, index) => (tall && index > 0 ? [rule, ...row] : row))];
}

/** Wide columns give way until the table fits, but none gets narrower than its longest word needs; undefined when it cannot fit. */
function columnWidths(texts: readonly (readonly string[])[], room: number): number[] | undefined {
	const columns = (texts[0] ?? []).map((_, column) => texts.map((row) => row[column] ?? ''));
	const widths = columns.map((cells) => Math.max(1, ...cells.flatMap((cell) => cell.split('\n').map(widthOf))));
	const least = columns.map((cells) =>
		Math.min(WIDEST_WORD, Math.max(1, ...cells.flatMap((cell) => cell.split(/\s+/).map(widthOf)))),
	);
	if (sum(least) > room) return undefined;
	for (let over = sum(widths) - room; over > 0; over--) {
		const slack = widths.map((width, column) => (width > (least[column] ?? 0) ? width : 0));
		const widest = slack.indexOf(Math.max(...slack));
		widths[widest] = (widths[widest] ?? 0) - 1;
	}
	return widths;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

/** A table too wide for the terminal is read row by row. */
function records(
	header: readonly Tokens.TableCell[],
	rows: readonly (readonly Tokens.TableCell[])[],
	width: number,
	paint: Paint,
): string[] {
	return rows.flatMap((row, index) => [
		...(index > 0 ? [''] : []),
		...row.flatMap((cell, column) => {
			const name = inline(header[column]?.tokens, paint);
			return wrap(`${name === '' ? '' : `${paint.bold(name)}: `}${inline(cell.tokens, paint)}`, width);
		}),
	]);
}
