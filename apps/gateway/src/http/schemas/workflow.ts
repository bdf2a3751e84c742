import { asTaskId } from '@errand/core/domain/ids.ts';
import { WORKFLOW_LIMITS } from '@errand/core/domain/workflow/definition.ts';
import type { GraphStep } from '@errand/core/domain/workflow/problem.ts';
import type {
	ImportedWorkflows,
	WorkflowDetail,
	WorkflowProblem,
	WorkflowStats,
	WorkflowSummary,
	WorkflowVersion,
} from '@errand/core/orchestrator/desks/workflows.ts';
import { z } from 'zod';
import type { Describes } from './describes.ts';

const time = z.number().describe('Milliseconds since 1970.');
const text = z.string().min(1).max(WORKFLOW_LIMITS.maxBytes).describe('YAML or JSON.');

/** WorkflowParams parses the path of every call about one workflow. */
export const WorkflowParams = z.object({ name: z.string().min(1).max(63) });

/** SaveWorkflowSchema parses the body of `PUT /v1/workflows/:name`: the text itself, or JSON with it. */
export const SaveWorkflowSchema = z.union([
	text,
	z.strictObject({
		text,
		baseVersion: z.int().min(1).optional().describe('The version it was made from; left out for a new one.'),
		shared: z.boolean().optional().describe('Whether others may run it; the owner only.'),
		learnedFrom: z
			.string()
			.min(1)
			.max(200)
			.transform(asTaskId)
			.optional()
			.describe(
				'The task it was made from: then its runs are counted, and one that fails too often is offered no more.',
			),
	}),
]);
/** SaveWorkflowQuery parses what stands beside a text that is sent as it is. */
export const SaveWorkflowQuery = z.strictObject({
	baseVersion: z.coerce.number().int().min(1).optional(),
	shared: z.enum(['true', 'false']).optional(),
});
/** RunWorkflowSchema parses the body of `POST /v1/workflows/:name/run`. */
export const RunWorkflowSchema = z.strictObject({
	input: z.json().default({}).describe('As the workflow’s `input` schema says.'),
	wait: z.number().min(0).max(60).default(0).describe('Seconds to wait for the end before answering how it stands.'),
	approve: z.boolean().optional().describe('Ask before anything of it runs.'),
	conversation: z.string().min(1).max(200).optional().describe('Where its questions and its end are told.'),
});
/** RunTextSchema parses the body of `POST /v1/workflows/run-text`. */
export const RunTextSchema = z.strictObject({
	text,
	input: z.json().default({}).describe('As the text’s `input` schema says.'),
	conversation: z.string().min(1).max(200).optional().describe('Where its questions and its end are told.'),
});
/** TrialSchema documents a run of a text that is not kept. */
export const TrialSchema = z.object({
	id: z.string().describe('Its task.'),
	places: z.record(z.string(), z.string()).describe('Where in the definition each planned step comes from: `steps.0`.'),
});
/** CheckWorkflowSchema parses the body of `POST /v1/workflows/check`. */
export const CheckWorkflowSchema = z.strictObject({ text });
/** MergeWorkflowSchema parses the body of `POST /v1/workflows/merge`. */
export const MergeWorkflowSchema = z.strictObject({
	text: z.string().max(WORKFLOW_LIMITS.maxBytes),
	definition: z
		.record(z.string(), z.json())
		.describe('As `GET /v1/workflows/schema` says; what is wrong in it is written all the same, and found by a check.'),
});
/** ExportWorkflowsSchema parses the body of `POST /v1/workflows/export`. */
export const ExportWorkflowsSchema = z.strictObject({ names: z.array(z.string().min(1).max(63)).min(1).max(200) });
/** ImportWorkflowsSchema parses the body of `POST /v1/workflows/import`. */
export const ImportWorkflowsSchema = z.strictObject({
	file: z
		.union([z.string().min(1), z.record(z.string(), z.json())])
		.transform((file) => (typeof file === 'string' ? file : JSON.stringify(file)))
		.describe('As it was exported: its text, or its JSON.'),
	trust: z.boolean().optional().describe('Take workflows with this key from now on.'),
	replace: z.boolean().optional().describe('Make it the new version of what you have saved under its names.'),
});
/** FromTaskSchema parses the body of `POST /v1/workflows/from-task`. */
export const FromTaskSchema = z.strictObject({ task: z.string().min(1).max(200).transform(asTaskId) });
/** SuggestWorkflowsSchema parses the body of `POST /v1/workflows/suggest`. */
export const SuggestWorkflowsSchema = z.strictObject({ goal: z.string().min(1).max(100_000) });
/** EnableWorkflowSchema parses the body of `POST /v1/workflows/:name/enabled`. */
export const EnableWorkflowSchema = z.strictObject({ enabled: z.boolean() });

const ProblemSchema = z.object({
	message: z.string(),
	line: z.int().optional(),
	column: z.int().optional(),
	path: z.string().optional().describe('Where in the definition: `steps.2.with.url`.'),
}) satisfies Describes<WorkflowProblem>;
const GraphStepSchema = z.object({
	id: z.string(),
	title: z.string(),
	kind: z.string(),
	dependsOn: z.array(z.string()),
	parent: z.string().optional(),
}) satisfies Describes<GraphStep>;

/** WorkflowSummarySchema documents a workflow as a list shows it. */
export const WorkflowSummarySchema = z.object({
	name: z.string(),
	title: z.string(),
	description: z.string().optional(),
	version: z.int(),
	origin: z.enum(['shipped', 'file', 'code', 'saved', 'learned']),
	input: z.record(z.string(), z.json()).describe('JSON Schema.'),
	owner: z.string().optional(),
	shared: z.boolean().optional(),
	enabled: z.boolean(),
	problems: z.array(ProblemSchema).describe('Why it cannot run now.'),
}) satisfies Describes<WorkflowSummary>;

/** WorkflowSchema documents one workflow with its text. */
export const WorkflowSchema = WorkflowSummarySchema.extend({
	text: z.string(),
	definition: z.record(z.string(), z.json()).describe('As `GET /v1/workflows/schema` says.'),
	steps: z.array(GraphStepSchema),
	versions: z.array(z.object({ version: z.int(), at: time, by: z.string() })).describe('Newest first.'),
}) satisfies Describes<WorkflowDetail>;

/** VersionParams parses the path of a call about one version. */
export const VersionParams = WorkflowParams.extend({ version: z.coerce.number().int().min(1) });

/** WorkflowVersionSchema documents a text that was saved once. */
export const WorkflowVersionSchema = z.object({
	name: z.string(),
	version: z.int(),
	at: time,
	by: z.string(),
	text: z.string(),
}) satisfies Describes<WorkflowVersion>;

/** SavedWorkflowSchema documents what was saved. */
export const SavedWorkflowSchema = z.object({ name: z.string(), version: z.int() });

/** CheckedWorkflowSchema documents what was found in a text. */
export const CheckedWorkflowSchema = z.object({
	ok: z.boolean(),
	definition: z.record(z.string(), z.json()).optional(),
	steps: z.array(GraphStepSchema).optional(),
	problems: z.array(ProblemSchema).optional(),
});

/** WorkflowRunSchema documents a run. */
export const WorkflowRunSchema = z.object({
	id: z.string().describe('Its task.'),
	status: z.enum(['planning', 'running', 'waiting', 'done', 'failed', 'cancelled']),
	output: z.json().optional().describe('What it gave, where that is at most 64 KB.'),
	result: z.json().optional().describe('As the task’s `result`.'),
	error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }).optional(),
});

const quantiles = { p50: z.number(), p95: z.number() };
/** WorkflowStatsSchema documents how runs went. */
export const WorkflowStatsSchema = z.object({
	name: z.string(),
	runs: z.int().describe('All of yours.'),
	done: z.int(),
	failed: z.int(),
	cancelled: z.int(),
	running: z.int(),
	timed: z.int().describe('Of how many of the latest runs the times are.'),
	successRate: z.number().optional(),
	durationMs: z.object(quantiles).optional(),
	steps: z.array(z.object({ id: z.string(), runs: z.int(), failed: z.int(), ...quantiles })),
}) satisfies Describes<WorkflowStats>;

/** ImportedWorkflowsSchema documents what became of a file. */
export const ImportedWorkflowsSchema = z.object({
	names: z.array(z.string()).describe('Taken in; none where the key is not trusted.'),
	offered: z.array(z.string()),
	key: z.string(),
	fingerprint: z.string(),
	trusted: z.boolean(),
	missing: z
		.array(z.object({ name: z.string(), capabilities: z.array(z.string()) }))
		.describe('Capabilities that are needed and not there.'),
	clashes: z.array(z.string()).describe('Saved already with another content: nothing was taken in.'),
}) satisfies Describes<ImportedWorkflows>;

/** DraftWorkflowSchema documents a workflow made from a task. */
export const DraftWorkflowSchema = z.object({ text: z.string(), name: z.string(), parameters: z.array(z.string()) });

/** SuggestionsSchema documents workflows that suit a goal. */
export const SuggestionsSchema = z.object({
	suggestions: z.array(
		z.object({ name: z.string(), title: z.string(), score: z.number(), input: z.record(z.string(), z.json()) }),
	),
});
