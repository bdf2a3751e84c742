import DOMPurify from 'dompurify';
import { type MarkdownBlock, markdownBlocks } from './markdown.ts';

/** safeBlocks cuts Markdown into blocks whose HTML is fit for the page. It is the heavy half of the page, loaded apart. */
export function safeBlocks(markdown: string): readonly MarkdownBlock[] {
	return markdownBlocks(markdown).map((block) => ({ source: block.source, html: () => clean(block.html()) }));
}

/** The second lock on the door: the Markdown renderer lets no markup through already. */
function clean(html: string): string {
	return DOMPurify.sanitize(html, {
		USE_PROFILES: { html: true },
		ADD_ATTR: ['target'],
		FORBID_TAGS: ['style', 'form', 'input', 'button', 'textarea', 'select', 'video', 'audio', 'iframe'],
		FORBID_ATTR: ['style', 'id', 'name', 'srcset'],
	});
}
