import { z } from 'zod';

/** ArtifactRefSchema parses a reference to a stored file. */
export const ArtifactRefSchema = z.object({
	id: z.string(),
	name: z.string(),
	type: z.string(),
	bytes: z.int().min(0),
});

/** SourceSchema parses where a claim comes from. */
export const SourceSchema = z.object({
	title: z.string(),
	url: z.string().optional(),
	artifact: z.string().optional(),
	quote: z.string().optional(),
});

/** DocumentSchema is a page or file as `web.read` gives it and every `text.*` capability takes it. */
export const DocumentSchema = z.object({
	title: z.string(),
	/** Where it came from: the final address after redirects, or the artifact's id. */
	url: z.string().optional(),
	artifact: z.string().optional(),
	kind: z.enum(['html', 'pdf', 'docx', 'text', 'json', 'feed']),
	markdown: z.string(),
	/** ISO 8601 date the document gives for itself. */
	date: z.string().optional(),
	/** Who publishes it, as the page names itself: "Harrow Gazette". */
	publisher: z.string().optional(),
	links: z.array(z.object({ text: z.string(), url: z.string() })).default([]),
	/** The document was longer than the limit, and this is its beginning. */
	truncated: z.boolean().default(false),
	warnings: z.array(z.string()).default([]),
});
export type Document = z.infer<typeof DocumentSchema>;
