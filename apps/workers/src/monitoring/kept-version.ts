import { createHash } from 'node:crypto';
import { isCoreError } from '@errand/core/domain/errors.ts';
import type { Json } from '@errand/core/domain/json.ts';
import type { RunContext } from '@errand/core/ports/capability.ts';
import { z } from 'zod';

/** KeptVersion is what one look at a page leaves for the next: the version changes are told against, and how often the page was away since. */
export const KeptVersion = z.object({
	v: z.literal(1),
	/** What was watched; of something else nothing is known. */
	of: z.string().max(100),
	/** Of the version; there is none before the page was read once. */
	hash: z.string().max(100).optional(),
	title: z.string().max(500).default(''),
	by: z.enum(['fetch', 'browser']).optional(),
	/** The version itself, or the file it stands in. */
	text: z.string().max(10_000).optional(),
	artifact: z.string().max(200).optional(),
	/** Looks in a row that failed, and whether the person was told. */
	failures: z.int().min(0).default(0),
	told: z.boolean().default(false),
});
export type KeptVersion = z.infer<typeof KeptVersion>;

/** Longer versions are files: what is kept stands in the history of every run. */
const MAX_INLINE = 1_500;
const MAX_VERSION = 400_000;

/** watchedId names what is watched: the page, and the part of it. */
export function watchedId(parts: readonly (string | readonly string[])[]): string {
	return digest(JSON.stringify(parts)).slice(0, 24);
}

/** readKept reads what the look before left, if it is of the same thing. */
export function readKept(kept: Json | undefined, of: string): KeptVersion | undefined {
	const read = KeptVersion.safeParse(kept);
	return read.success && read.data.of === of ? read.data : undefined;
}

/** versionText gives the kept version; undefined where there is none, or none that is whole. */
export async function versionText(
	kept: KeptVersion | undefined,
	context: Pick<RunContext, 'readArtifact'>,
): Promise<string | undefined> {
	const { text, artifact, hash } = kept ?? {};
	const found = text ?? (artifact === undefined ? undefined : await readFile(artifact, context));
	return found === undefined || digest(found) !== hash ? undefined : found;
}

/** keepVersion keeps a version: in place where it is short, else as a file of the task. */
export async function keepVersion(
	{ markdown, of, title, by }: Pick<KeptVersion, 'of' | 'title' | 'by'> & { readonly markdown: string },
	context: Pick<RunContext, 'saveArtifact'>,
): Promise<KeptVersion> {
	const text = markdown.slice(0, MAX_VERSION).toWellFormed();
	const base = { v: 1, of, by, title: title.slice(0, 300).toWellFormed(), failures: 0, told: false } as const;
	const hash = digest(text);
	if (text.length <= MAX_INLINE) return { ...base, hash, text };
	const content = new TextEncoder().encode(text);
	const { id } = await context.saveArtifact({ name: 'watched-page.md', type: 'text/markdown', content });
	return { ...base, hash, artifact: id };
}

async function readFile(id: string, context: Pick<RunContext, 'readArtifact'>): Promise<string | undefined> {
	try {
		return new TextDecoder().decode((await context.readArtifact(id)).content);
	} catch (error) {
		if (isCoreError(error, 'unknown-artifact')) return undefined;
		throw error;
	}
}

function digest(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}
