import type { JsonObject } from '../json.ts';

/** ITEM_STATUSES are the states an item can be in; `completed` is read as `done`. */
export const ITEM_STATUSES = ['pending', 'in-progress', 'done', 'deferred', 'cancelled', 'blocked', 'review'] as const;
export type ItemStatus = (typeof ITEM_STATUSES)[number];

/** ITEM_PRIORITIES, the most urgent first. */
export const ITEM_PRIORITIES = ['high', 'medium', 'low'] as const;
export type ItemPriority = (typeof ITEM_PRIORITIES)[number];

/** ItemReference names what is depended on: a number is an item (inside a subitem a sibling), `"5.2"` is subitem 2 of item 5. */
export type ItemReference = number | `${number}.${number}`;

/** Subitem is a part of an item; its id counts within the item. */
export interface Subitem {
	readonly id: number;
	readonly title: string;
	readonly description?: string | undefined;
	readonly details?: string | undefined;
	readonly testStrategy?: string | undefined;
	readonly status: ItemStatus;
	readonly priority?: ItemPriority | undefined;
	readonly dependencies: readonly ItemReference[];
	/** What other programs wrote beside these fields; kept and written back as it is. */
	readonly extra?: JsonObject | undefined;
}

/** Item is one thing to do in a backlog. */
export interface Item {
	readonly id: number;
	readonly title: string;
	readonly description: string;
	readonly details: string;
	readonly testStrategy: string;
	readonly status: ItemStatus;
	readonly priority: ItemPriority;
	readonly dependencies: readonly ItemReference[];
	readonly subtasks: readonly Subitem[];
	/** What other programs wrote beside these fields; kept and written back as it is. */
	readonly extra?: JsonObject | undefined;
}

/** ComplexityReport says how hard the items of a tag are. */
export interface ComplexityReport {
	readonly meta: {
		readonly generatedAt: string;
		readonly tasksAnalyzed: number;
		readonly totalTasks: number;
		readonly analysisCount: number;
		readonly thresholdScore: number;
		readonly projectName: string;
		readonly usedResearch: boolean;
	};
	readonly complexityAnalysis: readonly {
		readonly taskId: number;
		readonly taskTitle: string;
		/** 1–10; high from 8, medium from 5. */
		readonly complexityScore: number;
		readonly recommendedSubtasks: number;
		readonly expansionPrompt: string;
		readonly reasoning: string;
	}[];
}
