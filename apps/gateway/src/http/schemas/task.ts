import type { ArtifactRef } from '@errand/core/domain/capability.ts';
import { ArtifactRefSchema, SourceSchema } from '@errand/core/domain/document.ts';
import { asQuestionId } from '@errand/core/domain/ids.ts';
import type { RecordedTaskFact, TaskError, TaskResult } from '@errand/core/domain/task/facts.ts';
import { PLAN_LIMITS, type PlanStep } from '@errand/core/domain/task/plan.ts';
import { PlanOpSchema, PlanStepSchema } from '@errand/core/domain/task/plan-schema.ts';
import type { Question } from '@errand/core/domain/task/question.ts';
import type { StepView, TaskView } from '@errand/core/domain/task/view.ts';
import type { DeadLetter, DeadLetterDetail, TaskSummary } from '@errand/core/orchestrator/desks/desk.ts';
import { AttachmentsSchema, GoalSchema } from '@errand/frontends/web/inbound.ts';
import { z } from 'zod';
import type { Describes } from './describes.ts';

const time = z.number().describe('Milliseconds since 1970.');
const taskStatus = z.enum(['planning', 'running', 'waiting', 'done', 'failed', 'cancelled']);

const steps = z.array(PlanStepSchema).min(1).max(PLAN_LIMITS.maxSteps);

/** SubmitTaskSchema parses the body of `POST /v1/tasks`. */
export const SubmitTaskSchema = z
	.strictObject({
		goal: GoalSchema.optional().describe('What should be done, in words; a workflow may go without.'),
		workflow: z.string().min(1).max(63).optional().describe('Run this workflow.'),
		input: z.json().optional().describe('Its input.'),
		attachments: AttachmentsSchema.optional(),
		plan: z
			.union([steps, z.strictObject({ steps })])
			.transform((plan): readonly PlanStep[] => ('steps' in plan ? plan.steps : plan))
			.optional()
			.describe('A plan of your own: its steps, or an object with them.'),
		approve: z.boolean().optional().describe('Ask before anything of the plan runs.'),
		budget: z
			.strictObject({
				maxRuns: z.int().min(1).exactOptional(),
				maxMinutes: z.number().positive().exactOptional(),
				maxTokens: z.int().min(0).exactOptional(),
				maxMicroUsd: z.int().min(0).exactOptional(),
			})
			.optional(),
		deadline: time.optional(),
	})
	.superRefine(({ goal, workflow, input, plan, attachments }, context) => {
		const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
		if (workflow === undefined) {
			if (goal === undefined) wrong('goal', 'is missing');
			if (input !== undefined) wrong('input', 'is for a workflow; there is none');
		} else if (plan !== undefined || attachments !== undefined) {
			wrong(plan === undefined ? 'attachments' : 'plan', 'cannot stand beside a workflow');
		}
	});

/** AnswerSchema parses the body of `POST /v1/tasks/:id/input`. */
export const AnswerSchema = z.strictObject({
	questionId: z.string().min(1).max(200).transform(asQuestionId),
	answer: z.json().refine((answer) => JSON.stringify(answer).length <= 100_000, {
		error: 'an answer may hold 100,000 characters',
		params: { code: 'too-large' },
	}),
});

/** ApprovalSchema parses the body of `POST /v1/tasks/:id/approve`. */
export const ApprovalSchema = z.strictObject({
	questionId: z.string().min(1).max(200).transform(asQuestionId),
	decision: z.enum(['approve', 'refuse']),
});

/** TaskEventSchema parses the body of `POST /v1/tasks/:id/events`. */
export const TaskEventSchema = z.strictObject({
	name: z.string().min(1).max(100),
	data: z.json().default(null).describe('What the step gives; at most 64 KB.'),
	id: z
		.string()
		.min(1)
		.max(200)
		.optional()
		.describe('Your own name for it: sent again with the same, it changes nothing.'),
});

/** PlanEditSchema parses the body of `PATCH /v1/tasks/:id/plan`. */
export const PlanEditSchema = z.strictObject({
	baseVersion: z.int().min(0).describe('`plan.version` as you saw it; an edit of an older plan is refused.'),
	ops: z.array(PlanOpSchema).min(1).max(PLAN_LIMITS.maxSteps),
});

const QuestionSchema = z.object({
	id: z.string(),
	kind: z.enum(['text', 'choice', 'approval', 'secret']),
	purpose: z.enum(['goal', 'plan', 'step', 'effect', 'budget']),
	text: z.string(),
	choices: z.array(z.string()).optional(),
	stepId: z.string().optional(),
	effect: z.object({ hash: z.string(), summary: z.string() }).optional(),
	budget: z.enum(['day']).optional().describe('Not the task’s own budget but one of the day: a yes only tries again.'),
	until: z.int().optional().describe('When the task goes on without an answer, ms since 1970.'),
}) satisfies Describes<Question>;

const ErrorSchema = z.object({
	code: z.string(),
	message: z.string(),
	hint: z.string(),
}) satisfies Describes<TaskError>;

/** ArtifactSchema documents a file. */
export const ArtifactSchema = ArtifactRefSchema satisfies Describes<ArtifactRef>;

const ResultSchema = z.object({
	text: z.string().describe('Markdown.'),
	sources: z.array(SourceSchema),
	artifacts: z.array(ArtifactSchema),
	method: z.enum(['model', 'rules']),
	warnings: z.array(z.string()),
	output: z.json().optional().describe('What a workflow gave.'),
	outputOrigins: z.array(z.string()).optional().describe('Where untrusted content in that output comes from.'),
}) satisfies Describes<TaskResult>;

const StepSchema = z.object({
	id: z.string(),
	title: z.string(),
	capability: z.string(),
	matchedFrom: z
		.string()
		.optional()
		.describe('What the plan said, where `capability` was chosen for it by its meaning.'),
	input: z.json(),
	dependsOn: z.array(z.string()),
	when: z.json().optional(),
	forEach: z.object({ $from: z.string(), maxItems: z.int().optional(), as: z.string().optional() }).optional(),
	retry: z.object({ maxAttempts: z.int(), waitsMs: z.array(z.number()) }).optional(),
	timeoutMs: z.number().optional(),
	essential: z.boolean(),
	effects: z.enum(['none', 'idempotent', 'external']).optional(),
	origins: z.array(z.string()).optional().describe('Where the step comes from, if not from who planned the task.'),
	status: z.enum([
		'waiting',
		'ready',
		'running',
		'asking',
		'retrying',
		'done',
		'failed',
		'dead-lettered',
		'skipped',
		'cancelled',
	]),
	attempts: z.int(),
	parent: z.string().optional().describe('The step that it is a part of: of whose list, or in whose body.'),
	until: time.optional().describe('Until when it waits.'),
	event: z.string().optional().describe('The event that it waits for.'),
	worker: z.string().optional(),
	startedAt: time.optional(),
	endedAt: time.optional(),
	error: ErrorSchema.optional(),
	output: ArtifactSchema.optional(),
}) satisfies Describes<StepView>;

const ModelUseSchema = z.object({
	model: z.string().describe('As `<provider>/<model>`.'),
	purpose: z.string(),
	reason: z.string(),
	calls: z.int(),
	tokens: z.int(),
	microUsd: z.int(),
});

/** TaskSchema documents a task. */
export const TaskSchema = z.object({
	id: z.string(),
	goal: z.string(),
	status: taskStatus,
	reason: z.enum(['question', 'over-budget', 'disk-full', 'time', 'event']).optional(),
	plan: z.object({
		version: z.int(),
		by: z.string(),
		note: z.string().optional(),
		steps: z.array(StepSchema),
	}),
	questions: z.array(QuestionSchema),
	result: ResultSchema.optional(),
	error: ErrorSchema.optional(),
	cost: z.object({
		tokens: z.int(),
		microUsd: z.int(),
		models: z.array(ModelUseSchema).optional().describe('Which models that went to, and why they.'),
	}),
	createdAt: time,
	endedAt: time.optional(),
	seq: z.int().describe('The last fact this view includes.'),
}) satisfies Describes<TaskView>;

/** TaskSummarySchema documents a row of the task list. */
export const TaskSummarySchema = z.object({
	id: z.string(),
	goal: z.string(),
	status: taskStatus,
	createdAt: time,
	endedAt: time.optional(),
	workflow: z.string().optional().describe('`<name>@<version>`, where it is a run of a workflow.'),
}) satisfies Describes<TaskSummary>;

/** FactSchema documents a fact. */
export const FactSchema = z.object({
	seq: z.int().describe('From 1, without gaps.'),
	at: time,
	v: z.int(),
	type: z.string().describe('In the past tense: `StepCompleted`.'),
	data: z.record(z.string(), z.json()),
}) satisfies Describes<RecordedTaskFact>;

/** DeadLetterSchema documents a step that gave up. */
export const DeadLetterSchema = z.object({
	id: z.string(),
	taskId: z.string(),
	stepId: z.string(),
	title: z.string(),
	capability: z.string(),
	attempts: z.int(),
	error: ErrorSchema,
	at: time,
}) satisfies Describes<DeadLetter>;

/** DeadLetterDetailSchema documents a step that gave up, with what it was to do and how each attempt went. */
export const DeadLetterDetailSchema = DeadLetterSchema.extend({
	goal: z.string(),
	input: z.string().describe('The beginning of its input as planned, JSON; `$from` stands for outputs of other steps.'),
	history: z
		.array(
			z.object({
				attempt: z.int(),
				run: z.int(),
				at: time.describe('When it ended.'),
				worker: z.string().optional(),
				error: ErrorSchema,
			}),
		)
		.describe('The latest attempts, oldest first.'),
}) satisfies Describes<DeadLetterDetail>;

/** ReplySchema documents something Errand said. */
export const ReplySchema = z.object({
	id: z.string(),
	kind: z.enum(['answer', 'progress', 'question', 'notice']),
	text: z.string().describe('Markdown.'),
	question: QuestionSchema.optional(),
	artifacts: z.array(ArtifactSchema).optional(),
	taskId: z.string().optional(),
});
