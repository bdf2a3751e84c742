import { createHash } from 'node:crypto';
import { escapeHtml } from '@errand/frontends/chat/html-markdown.ts';

const STYLE = `
:root{color-scheme:light dark;--ground:#f6f6f3;--surface:#fff;--text:#1c2124;--muted:#586169;--line:#dcdfda;--accent:#1f6f5c;--soft:#eef0ec;--ask:#fdf3df}
@media(prefers-color-scheme:dark){:root{--ground:#131618;--surface:#1b1f22;--text:#e7e9ea;--muted:#a0a9b0;--line:#31373c;--accent:#63c7ab;--soft:#262b2f;--ask:#332a18}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--text);font:17px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;overflow-wrap:anywhere}
main{max-width:42rem;margin:0 auto;padding:1.25rem 1rem 3rem}
header p{margin:0;color:var(--muted);font-size:.9rem}
h1{font-size:1.3rem;line-height:1.3;margin:.1rem 0 .4rem;font-weight:650}
h2,h3,h4,h5,h6{line-height:1.3;margin:1.4em 0 .4em;font-size:1.08rem}
article{background:var(--surface);border:1px solid var(--line);border-radius:10px;padding:.25rem 1rem;margin:1rem 0}
article.ask{background:var(--ask)}
a{color:var(--accent)}
ul,ol{padding-left:1.4rem}
li{margin:.25em 0}
pre{overflow-x:auto;background:var(--soft);padding:.7rem;border-radius:8px;font-size:.88rem;overflow-wrap:normal}
code{font-family:ui-monospace,"SF Mono",Menlo,"DejaVu Sans Mono",monospace;font-size:.92em}
blockquote{margin:1em 0;padding-left:.9rem;border-left:3px solid var(--line);color:var(--muted)}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.94rem;overflow-wrap:normal}
th,td{border:1px solid var(--line);padding:.35rem .6rem;text-align:left;vertical-align:top}
hr{border:0;border-top:1px solid var(--line)}
.list{list-style:none;padding:0;margin:.5rem 0}
.list li{padding:.55rem 0;border-bottom:1px solid var(--line)}
.list li:last-child{border-bottom:0}
.list small,footer{color:var(--muted);font-size:.88rem}
.list small{display:block}
`;

/** SHARED_POLICY lets a shared page show itself and nothing else: no script, no picture from elsewhere, no form, no frame. */
export const SHARED_POLICY = [
	"default-src 'none'",
	`style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
	"base-uri 'none'",
	"form-action 'none'",
	"frame-ancestors 'none'",
].join('; ');

/** sharedFrame is a whole page around a body that is HTML already. */
export function sharedFrame(title: string, body: string): string {
	return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow, noarchive">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
<main>
${body}
</main>
</html>
`;
}
