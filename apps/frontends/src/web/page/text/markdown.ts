import { Marked, type RendererObject, type Token, Tokenizer, type TokenizerObject, type Tokens } from 'marked';
import { citationsOf, mayCite } from './citations.ts';

/** MarkdownBlock is one block of a text; `source` alone decides `html`, so a block that did not change is not drawn again. */
export interface MarkdownBlock {
	readonly source: string;
	html(): string;
}

/** markdownTokens reads Markdown; the tokens' `raw` put together is the text. */
export function markdownTokens(markdown: string, sources: number): readonly Token[] {
	return parserFor(sources).lexer(markdown);
}

/** blocksOf draws tokens of markdownTokens. */
export function blocksOf(tokens: readonly Token[], sources: number): readonly MarkdownBlock[] {
	return tokens
		.filter((token) => token.type !== 'space' && token.type !== 'def')
		.map((token) => ({
			source: (mayCite(token.raw) ? `${sources} ` : '') + linkTargets(token) + token.raw,
			html: () => parserFor(sources).parser([token]),
		}));
}

const parsers = new Map<number, Marked>();

function parserFor(sources: number): Marked {
	const known = parsers.get(sources);
	if (known !== undefined) return known;
	const parser = new Marked({ gfm: true, renderer, tokenizer, extensions: [citationsOf(sources)] });
	parsers.set(sources, parser);
	return parser;
}

const renderer: RendererObject = {
	// Markup inside Markdown is shown as what it is: text.
	html: ({ text }: Tokens.HTML | Tokens.Tag) => escapeHtml(text),
	// A picture from elsewhere would tell that place who reads this; it becomes a link.
	image: ({ href, text }: Tokens.Image) => {
		const alt = escapeHtml(text === '' ? 'image' : text);
		if (OWN_IMAGE.test(href)) {
			const address = escapeHtml(href);
			return `<a class="picture" href="${address}"><img src="${address}" alt="${alt}" loading="lazy" decoding="async"></a>`;
		}
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
};

/** A bare address ends where the quotation does that it stands in. */
const END_OF_ADDRESS = /[\s<“”„«»]|’(?=[\s.,;:!?)]|$)/;
const tokenizer: TokenizerObject = {
	url(source) {
		const end = source.search(END_OF_ADDRESS);
		return Tokenizer.prototype.url.call(this, end === -1 ? source : source.slice(0, end));
	},
};

const isWebAddress = (href: string) => /^https?:\/\//i.test(href);
const isOwnPlace = (href: string) => /^(#|\/(?!\/)[\w])/.test(href);
/** OWN_IMAGE fits the only addresses that pictures are loaded from: files of this server. */
export const OWN_IMAGE = /^\/v1\/artifacts\/[\w%~-][\w.%~-]*$/;
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
