import type { Document } from '@errand/core/domain/document.ts';
import type { RunModel } from '@errand/core/ports/capability.ts';
import { z } from 'zod';
import type { NameKind } from '../../entities/found.ts';
import { askForValue } from '../asking/ask-for-value.ts';
import { UNTRUSTED_RULES, wrapUntrusted } from '../asking/untrusted.ts';

/** ReadNames is what a model says are names in documents, unchecked. */
export const ReadNamesSchema = z.object({
	names: z.array(
		z.object({ document: z.number(), kind: z.enum(['people', 'organisations', 'places']), value: z.string() }),
	),
});
export type ReadNames = z.output<typeof ReadNamesSchema>;

/** askNames has a model read names of some kinds in documents, numbered from `first`. */
export function askNames(
	model: RunModel,
	order: {
		readonly documents: readonly Document[];
		readonly first: number;
		readonly kinds: readonly NameKind[];
		readonly room: number;
		readonly maxTokens: number;
	},
): Promise<ReadNames> {
	const { documents, first, kinds, room, maxTokens } = order;
	return askForValue(model, {
		purpose: 'text.extract',
		system: [SYSTEM, UNTRUSTED_RULES],
		user: [`Kinds wanted: ${kinds.join(', ')}.`, wrapUntrusted(documents, room, { first }).text],
		name: 'names',
		schema: ReadNamesSchema,
		maxTokens,
	});
}

const SYSTEM = `You list the names in documents, exactly.
Reply with JSON: {"names": [{"document", "kind", "value"}]}, each name once for each document, in the order of the text.
- "kind": people (real or fictional persons), organisations (companies, authorities, parties, teams, media), places (countries, towns, regions, buildings, rivers, addresses).
- "value": the name in full, copied character by character as it stands in that document, without titles like Dr. or Mrs.
No common nouns, products, dates or laws. Nothing that is not in the document.`;
