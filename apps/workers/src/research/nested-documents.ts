import { type Document, DocumentSchema } from '@errand/core/domain/document.ts';
import { z } from 'zod';

/**
 * NestedDocuments parses documents as references give them: `{"$from": "read-1"}` is one, a joined `forEach` is a list of them,
 * and a list may hold both.
 */
export const NestedDocuments = z
	.array(z.union([DocumentSchema, z.array(z.union([DocumentSchema, z.array(DocumentSchema)]))]))
	.max(500);

/** flattenDocuments puts nested documents into one row, in order. */
export function flattenDocuments(nested: z.infer<typeof NestedDocuments>): Document[] {
	return nested.flat(2) as Document[];
}
