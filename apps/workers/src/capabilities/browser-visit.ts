import { ArtifactRefSchema, DocumentSchema, SourceSchema } from '@errand/core/domain/document.ts';
import type { Json } from '@errand/core/domain/json.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { visitEffects } from '../browsing/visit-effects.ts';
import { type VisitInput, VisitInputSchema } from '../browsing/visit-input.ts';

const FieldValue: z.ZodType<Json> = z.json();
const Output = z.object({
	/** The page as every `text.*` capability takes it; not there if only fields were wanted. */
	document: DocumentSchema.optional(),
	/** What the visit found, as Markdown. */
	text: z.string(),
	url: z.string(),
	title: z.string(),
	snapshot: z.string().optional(),
	fields: z.record(z.string(), FieldValue).optional(),
	/** Screenshots, then downloads. */
	artifacts: z.array(ArtifactRefSchema),
	sources: z.array(SourceSchema),
	warnings: z.array(z.string()),
});

/** browserVisit is `browser.visit`: opens a page in the task's own browser, does there what the steps say, and gives what it finds. */
export const browserVisit: ICapability<VisitInput, z.infer<typeof Output>> = {
	name: 'browser.visit',
	version: 1,
	summary:
		'Opens a page in a real browser (for pages made by scripts, logins and forms), can click, fill in, scroll, download and take screenshots, and gives the page as a document or as fields.',
	input: VisitInputSchema,
	output: Output,
	effects: 'external',
	effectsOf: visitEffects,
	pure: false,
	placement: 'process',
	concurrency: 10,
	timeoutMs: 120_000,
	retry: { maxAttempts: 3, waitsMs: [500, 3_000] },
	sessions: ['browser'],
	needs: ['browser'],
	addresses: ['url', 'steps.*.url', 'download.url'],
	copiesAddresses: true,

	async run(input, context) {
		const { visitPage } = await import('../browsing/visit-page.ts');
		return await visitPage(input, context);
	},
};
