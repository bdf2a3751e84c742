import type { Document } from '@errand/core/domain/document.ts';

/** ParsedDocument is what a parser makes of some bytes; where they came from is added by who fetched them. */
export type ParsedDocument = Omit<Document, 'url' | 'artifact'>;

/** Raw is what is known of a document before it is parsed. */
export interface Raw {
	readonly content: Uint8Array;
	/** The `Content-Type` header or the artifact's type; may be wrong or missing. */
	readonly contentType: string | undefined;
	/** File name or last part of the path, for a title of last resort. */
	readonly name: string;
	/** The final address, to make links absolute. */
	readonly url: string | undefined;
	readonly signal: AbortSignal;
}

/** Bounds on what one document may give; beyond them it is cut and says so. */
export const DOCUMENT_LIMITS = {
	markdownChars: 2_000_000,
	links: 500,
	htmlChars: 8_000_000,
	htmlNodes: 300_000,
	readabilityNodes: 80_000,
	pdfPages: 1_000,
	zipEntries: 5_000,
	zipBytes: 100_000_000,
	zipXmlBytes: 24_000_000,
	zipXmlTags: 150_000,
	feedItems: 200,
} as const;

/** cutMarkdown keeps Markdown within its limit, ending at a line where one is near. */
export function cutMarkdown(markdown: string): { markdown: string; truncated: boolean } {
	const limit = DOCUMENT_LIMITS.markdownChars;
	if (markdown.length <= limit) return { markdown, truncated: false };
	const line = markdown.lastIndexOf('\n', limit);
	return { markdown: markdown.slice(0, line > limit - 10_000 ? line : limit).toWellFormed(), truncated: true };
}
