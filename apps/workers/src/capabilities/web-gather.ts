import { DocumentSchema, SourceSchema } from '@errand/core/domain/document.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { flattenDocuments, NestedDocuments } from '../research/nested-documents.ts';

const input = z.strictObject({
	lists: NestedDocuments.describe('Pages that were read, in lists of any nesting'),
	topic: z.string().trim().min(1).max(1_000).optional().describe('Pages that say little about it are dropped'),
	maxDocuments: z.int().min(1).max(50).default(20),
});

const output = z.object({
	documents: z.array(DocumentSchema),
	text: z.string(),
	sources: z.array(SourceSchema),
	dropped: z.array(z.object({ title: z.string(), url: z.string(), why: z.string() })),
	warnings: z.array(z.string()),
	method: z.enum(['model', 'rules']),
});

/** webGather is `web.gather`: makes one ranked list of all pages that were read, without copies and without what is off the topic. */
export const webGather: ICapability<z.infer<typeof input>, z.infer<typeof output>> = {
	name: 'web.gather',
	version: 1,
	summary:
		'Puts pages that were read into one ranked list, without copies and without pages that say little on the topic.',
	input,
	output,
	effects: 'none',
	pure: true,
	placement: 'process',
	concurrency: 2,
	copiesAddresses: true,
	timeoutMs: 120_000,
	async run({ lists, topic, maxDocuments }) {
		const { gatherDocuments } = await import('../research/gather-documents.ts');
		const { linkList } = await import('../research/link-list.ts');
		const all = flattenDocuments(lists);
		const { documents, dropped, warnings } = gatherDocuments({ documents: all, topic, maxDocuments });
		if (documents.length === 0) throw nothingKept(all.length, topic, dropped);
		const kept = documents.map(({ title, url, artifact, date }) => ({ title, url: url ?? artifact ?? '', note: date }));
		const left = dropped.map(({ title, url, why }) => ({ title, url, note: why }));
		return {
			documents: [...documents],
			text: `${linkList(kept)}${left.length === 0 ? '' : `\n\n## Read and left out\n\n${linkList(left)}`}`,
			sources: documents.map(({ title, url, artifact }) => ({
				title,
				...(url === undefined ? {} : { url }),
				...(artifact === undefined ? {} : { artifact }),
			})),
			dropped: [...dropped],
			warnings: [...warnings],
			method: 'rules',
		};
	},
};

function nothingKept(read: number, topic: string | undefined, dropped: readonly { title: string; why: string }[]) {
	const on = topic === undefined ? '' : ` on “${topic}”`;
	const hint = 'Give the addresses of pages on it, or say the topic in other words.';
	if (read === 0) return new CoreError('not-found', `No page${on} could be read.`, { hint });
	const seen = dropped.slice(0, 5).map(({ title, why }) => `“${title}” ${why}`);
	return new CoreError('not-found', `None of the ${read} pages that were read is of use${on}: ${seen.join('; ')}.`, {
		hint,
	});
}
