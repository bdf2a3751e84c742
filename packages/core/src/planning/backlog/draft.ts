import { z } from 'zod';
import { ITEM_PRIORITIES } from '../../domain/backlog/item.ts';

/** DRAFT_LIMITS bound what one piece of work on a backlog may bring. */
export const DRAFT_LIMITS = { items: 200, subitems: 50, title: 200, description: 2_000, details: 12_000, test: 4_000 };

const title = z.string().trim().min(1).max(DRAFT_LIMITS.title);
const description = z.string().max(DRAFT_LIMITS.description);
const details = z.string().max(DRAFT_LIMITS.details);
const testStrategy = z.string().max(DRAFT_LIMITS.test);

/** DraftItem is an item that is not in the backlog yet: ids count from 1 within the draft, dependencies are ids of earlier drafts. */
export const DraftItem = z.object({
	id: z.int().min(1).max(DRAFT_LIMITS.items),
	title,
	description,
	details,
	testStrategy,
	priority: z.enum(ITEM_PRIORITIES),
	dependencies: z.array(z.int().min(1)).max(DRAFT_LIMITS.items),
});
export type DraftItem = z.infer<typeof DraftItem>;

/** DraftSubitem is a part of an item that is not in the backlog yet; ids and dependencies count within the draft. */
export const DraftSubitem = z.object({
	id: z.int().min(1).max(DRAFT_LIMITS.subitems),
	title,
	description,
	details,
	testStrategy,
	dependencies: z.array(z.int().min(1)).max(DRAFT_LIMITS.subitems),
});
export type DraftSubitem = z.infer<typeof DraftSubitem>;

/** GivenItem is an item as work on it sees it; long texts may have been cut. */
export const GivenItem = z.strictObject({
	/** `5`, or `5.2` for a subitem. */
	id: z.string().min(1).max(40),
	title: z.string().max(1_000),
	description: z.string().max(20_000).default(''),
	details: z.string().max(40_000).default(''),
	testStrategy: z.string().max(20_000).default(''),
	status: z.string().max(40).default('pending'),
	priority: z.string().max(40).default('medium'),
	/** Ids of what it waits for. */
	dependencies: z.array(z.string().max(40)).max(500).default([]),
	subtasks: z
		.array(z.strictObject({ id: z.string().max(40), title: z.string().max(1_000), status: z.string().max(40) }))
		.max(500)
		.default([]),
});
export type GivenItem = z.infer<typeof GivenItem>;

/** Neighbour is another item of the backlog, by name alone. */
export const Neighbour = z.strictObject({
	id: z.string().max(40),
	title: z.string().max(1_000),
	status: z.string().max(40).default('pending'),
});
export type Neighbour = z.infer<typeof Neighbour>;

/** Assessment says how hard one item is; the fields are those of a complexity report. */
export const Assessment = z.object({
	taskId: z.int().min(1),
	taskTitle: z.string(),
	complexityScore: z.number().min(1).max(10),
	recommendedSubtasks: z.int().min(0).max(DRAFT_LIMITS.subitems),
	expansionPrompt: z.string().max(2_000),
	reasoning: z.string().max(2_000),
});
export type Assessment = z.infer<typeof Assessment>;

/** Rewrite is what becomes of an item's words; what is left out stays as it is. */
export const Rewrite = z.object({
	id: z.string().min(1).max(40),
	title: title.optional(),
	description: description.optional(),
	details: details.optional(),
	testStrategy: testStrategy.optional(),
	priority: z.enum(ITEM_PRIORITIES).optional(),
	/** Text to append to the details with the time, instead of new ones. */
	note: z.string().max(DRAFT_LIMITS.details).optional(),
});
export type Rewrite = z.infer<typeof Rewrite>;

/** Wishes are how the person wants the work of a project done. */
export const Wishes = z.strictObject({
	/** Models to ask first, the best first. */
	models: z.array(z.string().max(300)).max(5).default([]),
	/** What is written is written in this language. */
	language: z.string().max(60).optional(),
});
export type Wishes = z.infer<typeof Wishes>;

/** HOW_DONE is what every `backlog.*` output has besides its own: words to read, what to mind, and whether a model did it. */
export const HOW_DONE = {
	text: z.string(),
	warnings: z.array(z.string()),
	method: z.enum(['model', 'rules']),
	/** What that means, in a sentence for the person. */
	means: z.string(),
} as const;
