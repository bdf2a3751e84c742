import { decodeText } from './charset.ts';
import { cleanText } from './clean-text.ts';
import { cutMarkdown, type ParsedDocument, type Raw } from './parsed-document.ts';

/** readText takes plain text and Markdown as they are; the title is the first heading or the file's name. */
export function readText(raw: Raw): ParsedDocument {
	const text = cleanText(decodeText(raw.content, raw.contentType)).trim();
	const title = /^#{1,2} +(.{1,200})$/m.exec(text.slice(0, 5_000))?.[1]?.trim();
	return { title: title ?? raw.name, kind: 'text', ...cutMarkdown(text), links: [], warnings: [] };
}
