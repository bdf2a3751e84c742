import type { ErrorCode } from '@errand/core/domain/errors.ts';
import type { TaskId } from '@errand/core/domain/ids.ts';
import { parseInput } from '@errand/core/domain/parse-input.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { IWorkflowDesk } from '@errand/core/orchestrator/desks/workflows.ts';
import { z } from 'zod';
import { awaitEnd, hasEnded } from '../await-end.ts';
import { ownConversation } from '../own-conversation.ts';
import { type Answer, type Call, type Route, type RouteDoc, route } from '../route.ts';
import {
	CheckedWorkflowSchema,
	CheckWorkflowSchema,
	DraftWorkflowSchema,
	EnableWorkflowSchema,
	ExportWorkflowsSchema,
	FromTaskSchema,
	ImportedWorkflowsSchema,
	ImportWorkflowsSchema,
	MergeWorkflowSchema,
	RunTextSchema,
	RunWorkflowSchema,
	SavedWorkflowSchema,
	SaveWorkflowQuery,
	SaveWorkflowSchema,
	SuggestionsSchema,
	SuggestWorkflowsSchema,
	TrialSchema,
	VersionParams,
	WorkflowParams,
	WorkflowRunSchema,
	WorkflowSchema,
	WorkflowStatsSchema,
	WorkflowSummarySchema,
	WorkflowVersionSchema,
} from '../schemas/workflow.ts';
import type { HttpServices } from '../services.ts';

const RunHeaders = z.object({
	'idempotency-key': z.string().min(1).max(200).optional().describe('The same key again gives the same run.'),
});
/** A text may have a megabyte, and JSON writes some of its signs with two. */
const TEXT_BYTES = 3_000_000;
const FILE_BYTES = 24_000_000;

/** WORKFLOW_ROUTES show, check, save, run and share workflows. Those with a fixed word come before those with a name. */
export const WORKFLOW_ROUTES: readonly Route[] = [
	route(
		{
			...doc('get', '', 'listWorkflows', 'List the workflows you may run.'),
			responses: {
				200: { description: 'By name.', schema: z.object({ workflows: z.array(WorkflowSummarySchema) }) },
			},
		},
		async ({ workflows }, { caller }) => ok({ workflows: await workflows.list(caller.principal) }),
	),
	route(
		{
			...doc('get', '/schema', 'workflowSchema', 'The JSON Schema of a workflow, for editors.'),
			responses: { 200: { description: 'JSON Schema.', schema: z.record(z.string(), z.json()) } },
		},
		async ({ workflowLanguage }) => ok((await workflowLanguage()).schema()),
	),
	route(
		{
			...doc('post', '/check', 'checkWorkflow', 'Check a text without keeping it.'),
			body: CheckWorkflowSchema,
			bodyLimit: TEXT_BYTES,
			responses: { 200: { description: 'What it says, or all that is wrong with it.', schema: CheckedWorkflowSchema } },
		},
		async ({ workflows }, { caller, body }) => ok(await workflows.check(caller.principal, body.text)),
	),
	route(
		{
			...doc('post', '/merge', 'mergeWorkflow', 'Write a definition into a text, keeping comments and order.'),
			body: MergeWorkflowSchema,
			bodyLimit: 2 * TEXT_BYTES,
			responses: { 200: { description: 'The new text.', schema: z.object({ text: z.string() }) } },
		},
		async ({ workflows }, { caller, body: { text, definition } }) =>
			ok({ text: await workflows.merge(caller.principal, text, definition) }),
	),
	route(
		{
			...doc('post', '/export', 'exportWorkflows', 'Export workflows as a file that another installation can check.', [
				'unknown-workflow',
				'invalid-workflow',
			]),
			body: ExportWorkflowsSchema,
			responses: { 200: { description: 'The file.', schema: z.record(z.string(), z.json()) } },
		},
		async ({ workflows }, { caller, body }) => ({
			status: 200,
			json: JSON.parse(await workflows.exportSigned(caller.principal, body.names)),
			headers: { 'Content-Disposition': 'attachment; filename="workflows.json"' },
		}),
	),
	route(
		{
			...doc('post', '/import', 'importWorkflows', 'Take in a file of another installation.', [
				...(['invalid-signature', 'invalid-workflow', 'too-large', 'disk-full'] as const),
			]),
			body: ImportWorkflowsSchema,
			bodyLimit: FILE_BYTES,
			responses: {
				200: { description: 'What was taken in, and whose key signed it.', schema: ImportedWorkflowsSchema },
			},
		},
		async ({ workflows }, { caller, body: { file, ...choices } }) =>
			ok(await workflows.importSigned(caller.principal, file, choices)),
	),
	route(
		{
			...doc('post', '/from-task', 'workflowFromTask', 'Make a workflow of a finished task; it is not kept yet.', [
				'unknown-task',
				'not-possible',
			]),
			body: FromTaskSchema,
			responses: { 200: { description: 'Its text and its parameters.', schema: DraftWorkflowSchema } },
		},
		async ({ workflows }, { caller, body }) => ok(await workflows.fromTask(caller.principal, body.task)),
	),
	route(
		{
			...doc(
				'post',
				'/suggest',
				'suggestWorkflows',
				'Workflows of yours that suit a goal, with their input read from it.',
			),
			body: SuggestWorkflowsSchema,
			responses: { 200: { description: 'Best first.', schema: SuggestionsSchema } },
		},
		async ({ workflows }, { caller, body }) =>
			ok({ suggestions: await workflows.suggest(caller.principal, body.goal) }),
	),
	route(
		{
			...doc('post', '/run-text', 'runWorkflowText', 'Run a text once without keeping it.', [
				...(['invalid-workflow', 'invalid-plan', 'disk-full'] as const),
			]),
			body: RunTextSchema,
			bodyLimit: TEXT_BYTES,
			responses: { 202: { description: 'It goes on.', schema: TrialSchema } },
		},
		async (services, { caller: { principal }, body: { conversation, ...trial } }) => {
			const where = await ownConversation(services, principal, conversation);
			const json = await services.workflows.runText(principal, { ...trial, conversation: where });
			return { status: 202, json, headers: runHeaders(json.id, false) };
		},
	),
	route(
		{
			...doc('get', '/:name', 'getWorkflow', 'Show one workflow.', ['unknown-workflow', 'invalid-workflow']),
			params: WorkflowParams,
			responses: { 200: { description: 'With its text and its graph.', schema: WorkflowSchema } },
		},
		async ({ workflows }, { caller, params }) => ok(await workflows.get(caller.principal, params.name)),
	),
	route(
		{
			...doc('put', '/:name', 'saveWorkflow', 'Save a workflow: YAML as it is, or JSON with its text.', [
				...(['invalid-workflow', 'version-conflict', 'too-large', 'not-possible', 'disk-full'] as const),
			]),
			params: WorkflowParams,
			query: SaveWorkflowQuery,
			body: SaveWorkflowSchema,
			textTypes: ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/plain'],
			bodyLimit: TEXT_BYTES,
			responses: { 200: { description: 'Saved, as this version.', schema: SavedWorkflowSchema } },
		},
		async ({ workflows }, { caller, params, query, body }) => {
			const { text, ...options } = typeof body === 'string' ? { text: body } : body;
			const shared = query.shared === undefined ? undefined : query.shared === 'true';
			const all = {
				named: params.name,
				baseVersion: query.baseVersion,
				...(shared === undefined ? {} : { shared }),
				...options,
			};
			return ok(await workflows.save(caller.principal, text, all));
		},
	),
	named('delete', '', 'removeWorkflow', 'Remove a workflow you saved.', async (desk, who, name) => {
		await desk.remove(who, name);
		return { status: 204 };
	}),
	route(
		{
			...doc('post', '/:name/enabled', 'enableWorkflow', 'Switch a workflow you saved on or off.', [
				...(['unknown-workflow', 'not-possible'] as const),
			]),
			params: WorkflowParams,
			body: EnableWorkflowSchema,
			responses: { 204: { description: 'Done.' } },
		},
		async ({ workflows }, { caller, params, body }) => {
			await workflows.setEnabled(caller.principal, params.name, body.enabled);
			return { status: 204 };
		},
	),
	route(
		{
			...doc('get', '/:name/versions/:version', 'workflowVersion', 'Read a version of a workflow you saved.', [
				'unknown-workflow',
			]),
			params: VersionParams,
			responses: { 200: { description: 'Its text; saving it again brings it back.', schema: WorkflowVersionSchema } },
		},
		async ({ workflows }, { caller, params }) =>
			ok(await workflows.version(caller.principal, params.name, params.version)),
	),
	named('get', '/stats', 'workflowStats', 'How your runs of a workflow went.', async (desk, who, name) =>
		ok(await desk.stats(who, name)),
	),
	route(
		{
			...doc('post', '/:name/run', 'runWorkflow', 'Run a workflow; its task is durable when this answers.', [
				...(['unknown-workflow', 'invalid-workflow', 'invalid-plan', 'not-possible', 'disk-full'] as const),
			]),
			params: WorkflowParams,
			headers: RunHeaders,
			body: RunWorkflowSchema,
			responses: {
				200: { description: 'It has ended.', schema: WorkflowRunSchema },
				202: { description: 'It goes on, or asks something.', schema: WorkflowRunSchema },
			},
		},
		(services, call) => run(services, call),
	),
];

async function run(
	services: HttpServices,
	call: Call<z.output<typeof WorkflowParams>, undefined, z.output<typeof RunWorkflowSchema>>,
): Promise<Answer> {
	const { caller, params, body, request, response } = call;
	const { principal } = caller;
	const { 'idempotency-key': idempotencyKey } = parseInput(RunHeaders, request.headers, 'The headers');
	const { input, wait, approve, conversation } = body;
	const { id, duplicate } = await services.workflows.run(principal, {
		...{ name: params.name, input, approve, idempotencyKey },
		conversation: await ownConversation(services, principal, conversation),
	});
	const gone = new AbortController();
	response.once('close', () => gone.abort());
	const { tasks, clock } = services;
	const task = await awaitEnd(id, { tasks, clock, principal, waitMs: wait * 1_000, signal: gone.signal });
	const { status, result, error } = task;
	const output = result?.output;
	return {
		status: hasEnded(task) ? 200 : 202,
		json: { id, status, output, result, error },
		headers: runHeaders(id, duplicate),
	};
}

function runHeaders(id: TaskId, duplicate: boolean): Record<string, string> {
	return { Location: `/v1/tasks/${id}`, ...(duplicate ? { 'Idempotency-Replayed': 'true' } : {}) };
}

type Doc = Pick<RouteDoc, 'method' | 'path' | 'operationId' | 'summary' | 'tag' | 'access' | 'errors'>;

function doc(
	method: RouteDoc['method'],
	rest: string,
	operationId: string,
	summary: string,
	errors: readonly ErrorCode[] = [],
): Doc {
	return { method, path: `/v1/workflows${rest}`, operationId, summary, tag: 'workflows', access: 'person', errors };
}

/** named makes a call about one workflow that takes no body. */
function named(
	method: 'get' | 'delete',
	rest: string,
	operationId: string,
	summary: string,
	act: (desk: IWorkflowDesk, principal: Principal, name: string) => Promise<Answer>,
): Route {
	const responses: RouteDoc['responses'] =
		method === 'delete'
			? { 204: { description: 'Gone.' } }
			: { 200: { description: 'All your runs, and how long the latest took.', schema: WorkflowStatsSchema } };
	return route(
		{
			...doc(method, `/:name${rest}`, operationId, summary, ['unknown-workflow', 'not-possible']),
			params: WorkflowParams,
			responses,
		},
		({ workflows }, { caller, params }) => act(workflows, caller.principal, params.name),
	);
}

function ok(json: unknown): Answer {
	return { status: 200, json };
}
