import { type Dialect, renderMarkdown } from './render-markdown.ts';

/** toPlainText writes Markdown for where there is nothing but text: no marks, links as words and address, tables row by row. */
export function toPlainText(markdown: string): string {
	return renderMarkdown(markdown, PLAIN);
}

const PLAIN: Dialect = {
	text: (words) => words,
	lines: (inner) => inner,
	strong: (inner) => inner,
	em: (inner) => inner,
	del: (inner) => inner,
	code: (words) => words,
	link: ({ href, bare }, words) => (bare ? href : `${words}: ${href}`),
	heading: (inner) => inner,
	fence: (code) => code,
	quote: (inner) => inner.replace(/^/gm, '> '),
	bullet: '-',
	rule: '---',
	tableColumns: 0,
};
