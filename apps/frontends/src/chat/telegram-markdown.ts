import { type Dialect, renderMarkdown } from './render-markdown.ts';

/** toTelegramHtml writes Markdown in the HTML that Telegram takes: b, i, s, code, pre, a and blockquote, all else as text. */
export function toTelegramHtml(markdown: string): string {
	return renderMarkdown(markdown, TELEGRAM);
}

/** telegramLength is how long Telegram takes a message to be: what is left of its HTML once it is read, in UTF-16 units. */
export function telegramLength(html: string): number {
	return html.replace(/<[^<>]{1,2100}>/g, '').replace(/&(?:lt|gt|amp|quot);/g, '.').length;
}

const TELEGRAM: Dialect = {
	text: plainText,
	lines: (inner) => inner,
	strong: (inner) => `<b>${inner}</b>`,
	em: (inner) => `<i>${inner}</i>`,
	del: (inner) => `<s>${inner}</s>`,
	// Telegram takes no code inside other marks.
	code: (words, marked) => (marked ? plainText(words) : `<code>${escaped(words)}</code>`),
	link: ({ href }, words) => `<a href="${escaped(href)}">${words}</a>`,
	heading: (inner) => `<b>${inner}</b>`,
	fence: (code, language) =>
		/^[\w+#-]{1,24}$/.test(language)
			? `<pre><code class="language-${language}">${escaped(code)}</code></pre>`
			: `<pre>${escaped(code)}</pre>`,
	// Quotes do not nest.
	quote: (inner) => `<blockquote>${inner.replace(/<\/?blockquote>/g, '')}</blockquote>`,
	bullet: '•',
	rule: '———',
	tableColumns: 36,
};

const INVISIBLE = '\u200b';

/** A name after @ would call somebody, and `tg:` opens what no link may open. */
function plainText(words: string): string {
	return escaped(
		words
			.replace(/(?<![\p{L}\p{N}_.+-])@(?=\w)/gu, `@${INVISIBLE}`)
			.replace(/\b(tg|ton):(?=\/\/)/gi, `$1:${INVISIBLE}`),
	);
}

function escaped(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
