import { ADDS, READS, REMOVES } from '@errand/core/domain/backlog/tools/tool.ts';
import { AttachmentsSchema, GoalSchema } from '@errand/frontends/web/inbound.ts';
import { z } from 'zod';
import type { ToolSpec } from './tool-listing.ts';

const TaskId = z.string().min(1).max(200).describe('What `submit_task` answered.');
const WaitSeconds = z
	.number()
	.min(0)
	.max(50)
	.default(0)
	.describe('How long to wait for an end or a question before answering how it stands.');

const AskPerson = z
	.boolean()
	.default(true)
	.describe(
		'Whether to put the task’s questions to the person at your client, where it can; else use `answer_question`.',
	);

const QuestionSchema = z.object({
	id: z.string(),
	kind: z.enum(['text', 'choice', 'approval', 'secret']),
	text: z.string(),
	choices: z.array(z.string()).optional(),
	effect: z.string().optional().describe('What exactly an approval lets happen.'),
	answerAt: z.string().optional().describe('Where the person answers by themselves.'),
});

const TaskSchema = z.object({
	id: z.string(),
	goal: z.string(),
	status: z.enum(['planning', 'running', 'waiting', 'done', 'failed', 'cancelled']),
	reason: z.string().optional(),
	steps: z.array(z.object({ id: z.string(), title: z.string(), status: z.string() })),
	questions: z.array(QuestionSchema),
	result: z
		.object({
			text: z.string().describe('Markdown.'),
			warnings: z.array(z.string()),
			sources: z.array(z.record(z.string(), z.unknown())),
			files: z.array(z.object({ uri: z.string(), name: z.string(), type: z.string(), bytes: z.number() })),
		})
		.optional(),
	error: z.object({ code: z.string(), message: z.string(), hint: z.string() }).optional(),
	resource: z.string().describe('Follow this resource to hear of changes.'),
});
/** ToolTask is a task as these tools show it. */
export type ToolTask = z.input<typeof TaskSchema>;

/** TASK_TOOLS are what goes from goal to result: tasks, their questions, and what steps of them can do. */
export const TASK_TOOLS = {
	submit_task: {
		title: 'Have something done',
		description:
			'Hands Errand a goal in plain words: research, compare, fill in a form, watch a page, write a document. It plans and works on its own, also after you are gone. Answers with the task’s id; ask `task_status` for the result.',
		input: z.object({
			goal: GoalSchema.describe('What should be done, in the person’s words.'),
			attachments: AttachmentsSchema.optional().describe('Files as {name, type, base64}, or addresses as {url}.'),
			approve: z.boolean().optional().describe('Ask before anything of the plan runs.'),
			idempotencyKey: z.string().min(1).max(200).optional().describe('The same key again gives the same task.'),
			waitSeconds: WaitSeconds,
			askPerson: AskPerson,
		}),
		output: TaskSchema,
		annotations: ADDS,
	},
	task_status: {
		title: 'How a task stands',
		description: 'Shows a task: its steps, what it asks, its result with sources and files.',
		input: z.object({ taskId: TaskId, waitSeconds: WaitSeconds, askPerson: AskPerson }),
		output: TaskSchema,
		annotations: READS,
	},
	answer_question: {
		title: 'Answer a question',
		description:
			'Hands in the person’s answer to a question of a task. For an approval the answer is `approve` or `refuse`, and it is the person who decides: ask them first. Secrets are never answered here.',
		input: z.object({
			taskId: TaskId,
			questionId: z.string().min(1).max(200).optional().describe('May be left out where there is only one.'),
			answer: z.string().min(1).max(100_000),
			waitSeconds: WaitSeconds,
		}),
		output: TaskSchema,
		annotations: { ...ADDS, destructive: true },
	},
	cancel_task: {
		title: 'Stop a task',
		description: 'Stops a task that is under way; running steps are told to stop at once.',
		input: z.object({ taskId: TaskId }),
		output: TaskSchema,
		annotations: REMOVES,
	},
	list_tasks: {
		title: 'List tasks',
		description: 'The person’s tasks, newest first.',
		input: z.object({
			limit: z.int().min(1).max(100).default(20),
			before: z.int().min(0).optional().describe('`next` of the page before.'),
		}),
		output: z.object({
			tasks: z.array(z.object({ id: z.string(), goal: z.string(), status: z.string(), createdAt: z.string() })),
			next: z.int().optional(),
		}),
		annotations: READS,
	},
	list_capabilities: {
		title: 'What Errand can do',
		description: 'The abilities that steps of a task can use.',
		input: z.object({}),
		output: z.object({
			capabilities: z.array(z.object({ name: z.string(), summary: z.string(), effects: z.string() })),
		}),
		annotations: READS,
	},
} as const satisfies Record<string, ToolSpec>;
export type TaskToolName = keyof typeof TASK_TOOLS;
