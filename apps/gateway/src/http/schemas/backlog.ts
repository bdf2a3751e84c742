import type { BacklogSummary, OperationView, WorkUnderWay } from '@errand/core/orchestrator/desks/backlog.ts';
import { z } from 'zod';
import type { Describes } from './describes.ts';

/** BacklogSchema documents a backlog as a list shows it. */
export const BacklogSchema = z.object({
	id: z.string(),
	name: z.string(),
	projectRoot: z.string().optional().describe('The project’s folder, on the machine the server runs on.'),
	currentTag: z.string(),
	items: z.int(),
	done: z.int(),
}) satisfies Describes<BacklogSummary>;

const anyObject = z.record(z.string(), z.json());

/** BoardSchema documents a page of a backlog as a board shows it. */
export const BoardSchema = z.object({
	...BacklogSchema.shape,
	tag: z.string().describe('The tag that is shown.'),
	tags: z.array(anyObject).describe('All tags, with their counts.'),
	tasks: z.array(anyObject).describe('Items in short: id, title, status, priority, dependencies.'),
	stats: anyObject,
	nextCursor: z.string().optional().describe('`cursor` of the following call; left out on the last page.'),
});

/** BacklogCallSchema parses the body of `POST /v1/backlogs/:id/call`. */
export const BacklogCallSchema = z.strictObject({
	tool: z.string().min(1).max(100).describe('A tool of backlogs, such as `next_task`; over MCP they are described.'),
	args: anyObject.default({}).describe('Its arguments; the project is the one of the path.'),
	waitMs: z
		.int()
		.min(0)
		.max(60_000)
		.optional()
		.describe('How long long work is waited for before its operation is answered; 20,000 if left out.'),
	conversation: z.string().min(1).max(200).optional().describe('Where you are told what the call leads to.'),
});

/** OperationSchema documents how long work stands. */
export const OperationSchema = z.object({
	operationId: z.string(),
	tool: z.string(),
	status: z.enum(['in_progress', 'completed', 'error', 'cancelled']),
	progress: z.number().describe('0 to 100.'),
	estimatedSeconds: z.number().optional(),
	result: anyObject.optional(),
	error: z.object({ code: z.string(), message: z.string(), hint: z.string() }).optional(),
}) satisfies Describes<OperationView>;

/** BacklogWorkSchema documents what goes on in a backlog right now. */
export const BacklogWorkSchema = z.object({
	operations: z.array(OperationSchema.extend({ tag: z.string(), taskId: z.string() })),
	runs: z
		.array(z.object({ tag: z.string(), item: z.string().describe('`5` or `5.2`.'), taskId: z.string() }))
		.describe('Items that Errand carries out.'),
	watches: z
		.array(z.object({ tag: z.string(), item: z.string().optional() }))
		.describe('What you watch; without `item` all of the tag.'),
}) satisfies Describes<WorkUnderWay>;
