import { MEMORY_LIMITS } from '@errand/core/domain/memory/limits.ts';
import type { FoundMemory, MemoryEntry } from '@errand/core/ports/memory.ts';
import { z } from 'zod';
import type { Describes } from './describes.ts';

/** MemoryTextSchema parses the body of what is to be remembered. */
export const MemoryTextSchema = z.strictObject({ text: z.string().min(1).max(MEMORY_LIMITS.text) });

/** MemorySchema documents one thing that is remembered. */
export const MemorySchema = z.object({
	id: z.string().describe('Its number, as `/forget 3` takes it.'),
	person: z.string(),
	kind: z.enum(['fact', 'result']).describe('`fact`: you said it; `result`: a task of yours found it.'),
	text: z.string(),
	source: z.string().optional().describe('The task it comes from.'),
	origins: z
		.array(z.string())
		.describe('Where content of strangers in it comes from: `web:<host>`, `file:<artifact>`.'),
	at: z.number().describe('Milliseconds since 1970.'),
}) satisfies Describes<MemoryEntry>;

/** FoundMemorySchema documents an entry that fits a question. */
export const FoundMemorySchema = z.object({
	entry: MemorySchema,
	score: z.number().describe('Between 0 and 1, best first.'),
}) satisfies Describes<FoundMemory>;
