import { SourceSchema } from '@errand/core/domain/document.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { flattenDocuments, NestedDocuments } from '../research/nested-documents.ts';

/** What is read already: addresses, or the documents themselves. */
const seenOne = z.union([z.string().max(8_000), z.object({ url: z.string().optional() })]);

const input = z.strictObject({
	documents: NestedDocuments.describe('Pages to look for links in'),
	topic: z.string().trim().min(1).max(1_000).describe('What the links should tell about'),
	maxLinks: z.int().min(1).max(30).default(8),
	seen: z
		.array(z.union([seenOne, z.array(z.union([seenOne, z.array(seenOne)]))]))
		.max(500)
		.default([])
		.describe('Addresses or documents that were read already'),
	sameSite: z.boolean().default(false).describe('Only links within the site of their page'),
});

const output = z.object({
	links: z.array(z.object({ url: z.string(), title: z.string(), why: z.string() })),
	text: z.string(),
	sources: z.array(SourceSchema),
	warnings: z.array(z.string()),
	method: z.enum(['model', 'rules']),
});
type Output = z.infer<typeof output>;

/** webLinks is `web.links`: says which links of some pages are worth following for a topic. */
export const webLinks: ICapability<z.infer<typeof input>, Output> = {
	name: 'web.links',
	version: 1,
	summary:
		'Chooses the links of pages that are worth reading on a topic, without menus, logins and what was read already.',
	input,
	output,
	effects: 'none',
	pure: true,
	placement: 'process',
	concurrency: 2,
	uses: ['model'],
	copiesAddresses: true,
	timeoutMs: 120_000,
	async run({ documents, topic, maxLinks, seen, sameSite }, { model }) {
		const { linksByRules, possibleLinks } = await import('../research/choose-links.ts');
		const { linkList, linkSources } = await import('../research/link-list.ts');
		const possible = possibleLinks({
			documents: flattenDocuments(documents),
			topic,
			seen: seen.flat(2).map((one) => (typeof one === 'string' ? one : (one.url ?? ''))),
			sameSite,
		});
		const answer = (chosen: typeof possible, method: Output['method']): Output => {
			const links = chosen.map(({ candidate: { url }, title, why }) => ({ url, title, why }));
			const listed = links.map(({ url, title, why }) => ({ url, title, note: why }));
			const text = links.length === 0 ? `No link leads further on “${topic}”.` : linkList(listed);
			return { links, text, sources: linkSources(listed), warnings: [], method };
		};
		const byRules = () => answer(linksByRules(possible, maxLinks), 'rules');
		if (model === undefined || possible.length === 0) return byRules();
		const { byModelOrRules } = await import('../text/model/asking/by-model-or-rules.ts');
		const { linksByModel } = await import('../research/links-by-model.ts');
		const byModel = async () => answer(await linksByModel(model, possible, { topic, maxLinks }), 'model');
		return await byModelOrRules({ model, byModel, byRules });
	},
};
