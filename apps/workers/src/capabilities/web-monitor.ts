import { SourceSchema } from '@errand/core/domain/document.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import { KeptVersion } from '../monitoring/kept-version.ts';

const Selector = z.string().min(1).max(500);

const input = z.strictObject({
	url: z.string().min(1).max(8_000).describe('Address of the page'),
	selector: z
		.union([Selector, z.array(Selector).min(1).max(20)])
		.nullable()
		.default(null)
		.describe('CSS selectors of the part to watch; left out: all of its content'),
	ignore: z
		.array(z.string().min(1).max(500))
		.max(50)
		.default([])
		.describe('CSS selectors, or texts whose lines do not count'),
	render: z.enum(['auto', 'fetch', 'browser']).default('auto').describe('browser: for pages that scripts make'),
	minChange: z.int().min(1).max(10_000).default(1).describe('Fewer words than that are no change; prices always are'),
	kept: z.json().default(null).describe('`keep` of the time before; null the first time'),
});

const output = z.object({
	changed: z.boolean(),
	first: z.boolean(),
	tell: z.boolean(),
	text: z.string(),
	changes: z.array(
		z.object({
			kind: z.enum(['added', 'removed', 'changed']),
			before: z.string().optional(),
			after: z.string().optional(),
		}),
	),
	ignored: z.record(z.string(), z.int()),
	keep: KeptVersion,
	sources: z.array(SourceSchema),
	warnings: z.array(z.string()),
	method: z.enum(['model', 'rules']),
});

/** webMonitor is `web.monitor`: tells what changed on a page since the last look, and leaves out what changes by itself. */
export const webMonitor: ICapability<z.infer<typeof input>, z.infer<typeof output>> = {
	name: 'web.monitor',
	version: 1,
	summary:
		'Compares a web page, or a part of it, with the version kept the time before and tells what changed; dates, counters, ads and other noise do not count.',
	input,
	output,
	effects: 'none',
	pure: false,
	placement: 'process',
	concurrency: 4,
	timeoutMs: 180_000,
	retry: { maxAttempts: 3, waitsMs: [500, 3_000] },
	sessions: ['browser'],
	uses: ['model', 'browser'],
	addresses: ['url'],

	async run({ url, selector, ...rest }, context) {
		const { watchPage } = await import('../monitoring/watch-page.ts');
		const selectors = selector === null ? [] : [selector].flat();
		const { changes, sources, warnings, ignored, ...watched } = await watchPage({ ...rest, url, selectors }, context);
		return {
			...watched,
			changes: [...changes],
			ignored: { ...ignored },
			sources: [...sources],
			warnings: [...warnings],
		};
	},
};
