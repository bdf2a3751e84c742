import { Marked } from 'marked';

/**
 * printableHtml makes a page of Markdown that opens anywhere and prints well: no scripts, nothing loaded, links to web and
 * mail addresses only. Markup inside the Markdown is shown as text, because much of it comes from documents.
 */
export function printableHtml(title: string, markdown: string): string {
	const marked = new Marked({
		gfm: true,
		renderer: {
			html: ({ text }) => escapeHtml(text),
			image: ({ text }) => escapeHtml(text),
			link({ href, tokens }) {
				const text = this.parser.parseInline(tokens);
				return /^(?:https?:|mailto:)/i.test(href) ? `<a href="${escapeHtml(href)}" rel="noreferrer">${text}</a>` : text;
			},
		},
	});
	const body = marked.parse(markdown, { async: false });
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body}</body>
</html>
`;
}

function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const STYLE = `
body { max-width: 46rem; margin: 2.5rem auto; padding: 0 1.25rem; font: 16px/1.55 Georgia, serif; color: #1d1d1f; background: #fff }
h1, h2, h3 { font-family: system-ui, sans-serif; line-height: 1.25; break-after: avoid }
h1 { font-size: 1.7rem } h2 { font-size: 1.2rem; margin-top: 2rem }
li { margin: .35rem 0; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100%; font: 14px/1.4 system-ui, sans-serif }
th, td { border: 1px solid #ccc; padding: .4rem .55rem; text-align: left; vertical-align: top }
thead th { background: #f3f3f3 }
a { color: inherit }
@media print { body { margin: 0; max-width: none; font-size: 11pt } }
`;
