import { z } from 'zod';

// What is not essential is taken leniently: one odd field must not cost the whole reply.
const words = z.string().catch('');
const ids = z.array(z.number().catch(0)).catch([]);
const priority = z.enum(['high', 'medium', 'low']).catch('medium');

/** TasksReply is a document's tasks as a model writes them. */
export const TasksReply = z.object({
	tasks: z.array(
		z.object({
			id: z.number().catch(0),
			title: z.string(),
			description: words,
			details: words,
			testStrategy: words,
			priority,
			dependencies: ids,
		}),
	),
});

/** SubtasksReply is an item's parts as a model writes them. */
export const SubtasksReply = z.object({
	subtasks: z.array(
		z.object({
			id: z.number().catch(0),
			title: z.string(),
			description: words,
			details: words,
			testStrategy: words,
			dependencies: ids,
		}),
	),
});

/** ScoresReply is how hard a model finds items. */
export const ScoresReply = z.object({
	scores: z.array(
		z.object({ id: z.number(), score: z.number(), subtasks: z.number().catch(3), prompt: words, reasoning: words }),
	),
});

const changed = z.string().nullish().catch(undefined);

/** ChangesReply is what a model makes of items' words; what is null stays. */
export const ChangesReply = z.object({
	changes: z.array(
		z.object({
			id: z.union([z.string(), z.number()]),
			title: changed,
			description: changed,
			details: changed,
			testStrategy: changed,
			priority: z.enum(['high', 'medium', 'low']).nullish().catch(undefined),
		}),
	),
});

/** NotesReply is what a model adds to items. */
export const NotesReply = z.object({
	changes: z.array(z.object({ id: z.union([z.string(), z.number()]), note: z.string() })),
});

/** TaskReply is one new item as a model writes it. */
export const TaskReply = z.object({
	task: z.object({
		title: z.string(),
		description: words,
		details: words,
		testStrategy: words,
		priority,
		dependencies: ids,
	}),
});
