import type { z } from 'zod';

/**
 * ToolKind says how a tool is carried out: `read` from the backlog as it is; `change` by the rules alone; `work` by an operation
 * with a model, or by the document's own structure; `desk` with what only the desk has (files, runs, watchers, git).
 */
export type ToolKind = 'read' | 'change' | 'work' | 'desk';

/** BacklogTool is one tool as clients see it. */
export interface BacklogTool {
	readonly title: string;
	/** Tells a model when to use it. */
	readonly description: string;
	readonly input: z.ZodObject;
	/** The members of the answer's `data`; others may stand beside them. */
	readonly output: z.ZodObject;
	readonly kind: ToolKind;
	/** False where something else than `projectRoot`, such as an operation, says which project is meant; true where left out. */
	readonly needsProject?: boolean | undefined;
	readonly annotations: {
		readonly readOnly: boolean;
		/** It may take away what was there. */
		readonly destructive: boolean;
		/** A second call like the first changes nothing. */
		readonly idempotent: boolean;
	};
}

/** READS, ADDS, SETS, REMOVES are the ways tools treat what is there. */
export const READS = { readOnly: true, destructive: false, idempotent: true } as const;
export const ADDS = { readOnly: false, destructive: false, idempotent: false } as const;
export const SETS = { readOnly: false, destructive: false, idempotent: true } as const;
export const REMOVES = { readOnly: false, destructive: true, idempotent: true } as const;
