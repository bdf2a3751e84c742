import { Marked, type Token, type Tokens } from 'marked';

/** MarkdownBlock is one block of a text; `source` alone decides `html`, so a block that did not change is not drawn again. */
export interface MarkdownBlock {
	readonly source: string;
	html(): string;
}

/** markdownBlocks cuts Markdown into its blocks. */
export function markdownBlocks(markdown: string): readonly MarkdownBlock[] {
	const tokens = parser.lexer(markdown);
	return tokens
		.filter((token) => token.type !== 'space' && token.type !== 'def')
		.map((token) => ({ source: linkTargets(token) + token.raw, html: () => parser.parser([token]) }));
}

const parser = new Marked({
	gfm: true,
	renderer: {
		// Markup inside Markdown is shown as what it is: text.
		html: ({ text }: Tokens.HTML | Tokens.Tag) => escapeHtml(text),
		// A picture from elsewhere would tell that place who reads this; it becomes a link.
		image: ({ href, text }: Tokens.Image) => {
			const alt = escapeHtml(text === '' ? 'image' : text);
			if (isOwnImage(href)) return `<img src="${escapeHtml(href)}" alt="${alt}" loading="lazy">`;
			return isWebAddress(href) ? `<a ${outside(href)}>${alt}</a>` : alt;
		},
		checkbox: ({ checked }: Tokens.Checkbox) => (checked ? '☑ ' : '☐ '),
		link({ href, tokens }: Tokens.Link) {
			const inside = this.parser.parseInline(tokens);
			if (isWebAddress(href) || /^mailto:/i.test(href)) return `<a ${outside(href)}>${inside}</a>`;
			return isOwnPlace(href) ? `<a href="${escapeHtml(href)}">${inside}</a>` : inside;
		},
		table(token: Tokens.Table) {
			const row = (cells: readonly Tokens.TableCell[], tag: 'th' | 'td') =>
				`<tr>${cells
					.map((cell) => `<${tag}${alignment(cell.align)}>${this.parser.parseInline(cell.tokens)}</${tag}>`)
					.join('')}</tr>`;
			const body = token.rows.map((cells) => row(cells, 'td')).join('');
			const table = `<table><thead>${row(token.header, 'th')}</thead><tbody>${body}</tbody></table>`;
			return `<div class="table-box" tabindex="0" role="region" aria-label="Table">${table}</div>`;
		},
	},
});

const isWebAddress = (href: string) => /^https?:\/\//i.test(href);
const isOwnPlace = (href: string) => /^(#|\/(?!\/)[\w])/.test(href);
const isOwnImage = (href: string) =>
	href.startsWith('/v1/artifacts/') || /^data:image\/(png|jpeg|gif|webp);/i.test(href);
const outside = (href: string) => `href="${escapeHtml(href)}" target="_blank" rel="noopener noreferrer"`;
const alignment = (align: Tokens.TableCell['align']) => (align === null ? '' : ` class="align-${align}"`);

/** A reference link takes its address from another block, which may still change. */
function linkTargets(token: Token): string {
	if (!token.raw.includes('][') && !/\]\s*$/.test(token.raw)) return '';
	const inner = 'tokens' in token ? (token.tokens ?? []) : [];
	return inner.map((each) => (each.type === 'link' ? each.href : '')).join(' ');
}

function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
