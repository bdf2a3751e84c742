import { decodeEntities, lexMarkdown } from './lex-markdown.ts';
import { safeLink } from './safe-link.ts';

type Token = ReturnType<typeof lexMarkdown>[number];

/** What the lexer's tokens have in common, once it does not matter which one it is. */
interface Node {
	readonly type: string;
	readonly raw: string;
	readonly text?: unknown;
	readonly href?: unknown;
	readonly depth?: unknown;
	readonly ordered?: unknown;
	readonly start?: unknown;
	readonly tokens?: readonly Token[] | undefined;
	readonly items?: readonly Item[];
	readonly header?: readonly Cell[];
	readonly rows?: readonly (readonly Cell[])[];
}

interface Item {
	readonly tokens: readonly Token[];
	readonly task?: boolean;
	readonly checked?: boolean;
}

interface Cell {
	readonly tokens: readonly Token[];
	readonly align?: string | null;
}

/** Deeper nesting is shown as it was written. */
const DEEPEST = 12;
const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** toHtml writes Markdown as HTML that can do nothing: no raw HTML passes, links lead to web pages only, pictures become links. */
export function toHtml(markdown: string): string {
	// A long list was read in pieces.
	return blocks(lexMarkdown(markdown), 0).replaceAll('</ul><ul>', '');
}

/** escapeHtml makes words show as they are, in an element or in an attribute. */
export function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (sign) => SIGNS[sign] ?? sign);
}

function blocks(tokens: readonly Token[], depth: number): string {
	return tokens.map((token) => block(token as Node, depth)).join('');
}

function block(node: Node, depth: number): string {
	if (depth > DEEPEST) return `<p>${escapeHtml(node.raw)}</p>`;
	switch (node.type) {
		case 'heading': {
			// The page has a heading of its own.
			const level = Math.min(Number(node.depth ?? 1) + 1, 6);
			return `<h${level}>${inline(node.tokens, depth)}</h${level}>`;
		}
		case 'paragraph':
			return `<p>${inline(node.tokens, depth)}</p>`;
		case 'text':
			return node.tokens === undefined ? escapeHtml(words(node)) : inline(node.tokens, depth);
		case 'list':
			return list(node, depth);
		case 'blockquote':
			return `<blockquote>${blocks(node.tokens ?? [], depth + 1)}</blockquote>`;
		case 'code':
			return `<pre><code>${escapeHtml(String(node.text))}</code></pre>`;
		case 'table':
			return table(node, depth);
		case 'hr':
			return '<hr>';
		case 'def':
		case 'space':
		case 'checkbox':
			return '';
		default:
			return `<p>${escapeHtml(node.raw.trim())}</p>`;
	}
}

function list({ ordered, start, items = [] }: Node, depth: number): string {
	const rows = items.map(({ tokens, task, checked }) => {
		const check = task ? (checked ? '☑ ' : '☐ ') : '';
		return `<li>${check}${blocks(tokens, depth + 1)}</li>`;
	});
	if (!ordered) return `<ul>${rows.join('')}</ul>`;
	return `<ol start="${Number.isSafeInteger(start) ? Number(start) : 1}">${rows.join('')}</ol>`;
}

function table({ header = [], rows = [] }: Node, depth: number): string {
	const cells = (row: readonly Cell[], tag: 'th' | 'td') =>
		`<tr>${row.map(({ tokens }) => `<${tag}>${inline(tokens, depth)}</${tag}>`).join('')}</tr>`;
	const body = rows.map((row) => cells(row, 'td')).join('');
	return `<div class="wide"><table><thead>${cells(header, 'th')}</thead><tbody>${body}</tbody></table></div>`;
}

function inline(tokens: readonly Token[] | undefined, depth: number, linked = false): string {
	return (tokens ?? []).map((token) => inlineOne(token as Node, depth, linked)).join('');
}

function inlineOne(node: Node, depth: number, linked: boolean): string {
	if (depth > DEEPEST) return escapeHtml(node.raw);
	const within = () => inline(node.tokens, depth + 1, linked);
	switch (node.type) {
		case 'strong':
			return `<strong>${within()}</strong>`;
		case 'em':
			return `<em>${within()}</em>`;
		case 'del':
			return `<del>${within()}</del>`;
		case 'codespan':
			return `<code>${escapeHtml(String(node.text))}</code>`;
		case 'br':
			return '<br>';
		case 'link':
		case 'image':
			return linkOf(node, depth, linked);
		case 'html':
			return escapeHtml(String(node.text));
		default:
			return node.tokens === undefined ? escapeHtml(words(node)) : within();
	}
}

function linkOf(node: Node, depth: number, linked: boolean): string {
	const said = words(node) || (node.type === 'image' ? 'image' : '');
	const link = linked ? undefined : safeLink(decodeEntities(String(node.href)), said);
	if (link === undefined) return node.type === 'link' ? inline(node.tokens, depth + 1, true) : escapeHtml(said);
	// Words that name another site are followed by where the link really leads.
	const shown =
		link.words === said && node.type === 'link' ? inline(node.tokens, depth + 1, true) : escapeHtml(link.words);
	return `<a href="${escapeHtml(link.href)}" rel="noopener noreferrer nofollow">${shown}</a>`;
}

function words({ text, raw }: Node): string {
	return decodeEntities(typeof text === 'string' ? text : raw);
}
