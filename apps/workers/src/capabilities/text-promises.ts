import { SourceSchema } from '@errand/core/domain/document.ts';
import { z } from 'zod';

/** QUOTED_OUTPUT is what every `text.*` output has besides its own: Markdown to read, what it rests on, and what to mind. */
export const QUOTED_OUTPUT = {
	text: z.string(),
	sources: z.array(SourceSchema),
	warnings: z.array(z.string()),
	method: z.enum(['model', 'rules']),
} as const;

/** READS_ONLY is what the capabilities promise that only read documents: the same input always gives the same output. */
export const READS_ONLY = {
	effects: 'none',
	pure: true,
	placement: 'process',
	concurrency: 2,
	uses: ['model'],
	timeoutMs: 300_000,
} as const;
