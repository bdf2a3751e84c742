import type { ComplexityReport, ItemPriority, ItemReference, ItemStatus } from './item.ts';

/** ProposedItem is an item as a model (or a document's structure) proposes it; `id` counts within the proposal. */
export interface ProposedItem {
	readonly id?: number | undefined;
	readonly title: string;
	readonly description?: string | undefined;
	readonly details?: string | undefined;
	readonly testStrategy?: string | undefined;
	readonly priority?: ItemPriority | undefined;
	/** Of parse_prd: ids within the proposal. Of an added or updated item: ids of the tag. */
	readonly dependencies?: readonly ItemReference[] | undefined;
}

/** ProposedSubitem is a part of an item as proposed; its dependencies are ids within the proposal. */
export interface ProposedSubitem extends ProposedItem {
	readonly status?: ItemStatus | undefined;
}

/** ItemFields are what an update may change of an item or a subitem; what is left out stays. */
export interface ItemFields {
	readonly title?: string | undefined;
	readonly description?: string | undefined;
	readonly details?: string | undefined;
	readonly testStrategy?: string | undefined;
	readonly priority?: ItemPriority | undefined;
	/** Unknown ids and such as would close a cycle are left out. */
	readonly dependencies?: readonly ItemReference[] | undefined;
}

/**
 * OperationChange is one thing that an operation's output changes. Each is applied by the rules of its tool: parsed items are
 * numbered on and lose dependencies on later or unknown ones; an expansion keeps the subitems there are unless `force`.
 */
export type OperationChange =
	| {
			readonly kind: 'parsed';
			readonly tag: string;
			readonly items: readonly ProposedItem[];
			readonly force?: boolean | undefined;
			readonly append?: boolean | undefined;
	  }
	| { readonly kind: 'added'; readonly tag: string; readonly item: ProposedItem }
	| {
			readonly kind: 'expanded';
			readonly tag: string;
			readonly id: number;
			readonly subitems: readonly ProposedSubitem[];
			readonly force?: boolean | undefined;
	  }
	/** `id` is `5` or `5.2`. Items that are done stay as they are. */
	| { readonly kind: 'updated'; readonly tag: string; readonly id: string; readonly fields: ItemFields }
	/** Appends a note with the time to the details. */
	| { readonly kind: 'noted'; readonly tag: string; readonly id: string; readonly text: string }
	/** Scores of items that were not analysed again stay in the report. */
	| { readonly kind: 'analysed'; readonly tag: string; readonly report: ComplexityReport };
