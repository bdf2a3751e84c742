import { CoreError } from '@errand/core/domain/errors.ts';
import { asConversationId } from '@errand/core/domain/ids.ts';
import type { JsonObject } from '@errand/core/domain/json.ts';
import { parseInput } from '@errand/core/domain/parse-input.ts';
import type { IBacklogDesk } from '@errand/core/orchestrator/desks/backlog.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import { z } from 'zod';
import { type Route, route } from '../route.ts';
import {
	BacklogCallSchema,
	BacklogSchema,
	BacklogWorkSchema,
	BoardSchema,
	OperationSchema,
} from '../schemas/backlog.ts';

const BacklogParams = z.object({
	id: z.string().min(1).max(4_096).describe('Its id, its name, or the project’s folder.'),
});
const OperationParams = z.object({ id: z.string().min(1).max(200) });
const BoardQuery = z.strictObject({
	tag: z.string().min(1).max(200).optional().describe('The current one if left out.'),
	status: z.string().min(1).max(200).optional().describe('Only items with one of these, with commas.'),
	limit: z.coerce.number().int().min(1).max(1_000).default(200),
	cursor: z.string().max(200).optional().describe('`nextCursor` of the call before.'),
});
const CALLED = { description: 'What the tool answers.', schema: z.record(z.string(), z.json()) };
const SHOWN = { 200: { description: 'As it stands.', schema: OperationSchema } };

/** BACKLOG_ROUTES show what is to be done in your projects, and carry out the tools that MCP clients have. */
export const BACKLOG_ROUTES: readonly Route[] = [
	route(
		{
			method: 'get',
			path: '/v1/backlogs',
			operationId: 'listBacklogs',
			summary: 'List your backlogs.',
			tag: 'backlogs',
			access: 'person',
			responses: {
				200: { description: 'Those that began last first.', schema: z.object({ backlogs: z.array(BacklogSchema) }) },
			},
			errors: [],
		},
		async ({ backlogs }, { caller }) => ({
			status: 200,
			json: { backlogs: await deskOf(backlogs).list(caller.principal) },
		}),
	),
	route(
		{
			method: 'get',
			path: '/v1/backlogs/:id',
			operationId: 'getBacklog',
			summary: 'Show a page of a backlog, as a board needs it.',
			tag: 'backlogs',
			access: 'person',
			params: BacklogParams,
			query: BoardQuery,
			responses: { 200: { description: 'Items in their order.', schema: BoardSchema } },
			errors: ['not-found', 'unreadable-document'],
		},
		async ({ backlogs }, { caller, params, query }) => ({
			status: 200,
			json: await boardOf(deskOf(backlogs), caller.principal, params.id, query),
		}),
	),
	route(
		{
			method: 'post',
			path: '/v1/backlogs/:id/call',
			operationId: 'callBacklog',
			summary: 'Carry out a tool on a backlog; the same tools as over MCP.',
			tag: 'backlogs',
			access: 'person',
			params: BacklogParams,
			body: BacklogCallSchema,
			responses: { 200: CALLED },
			errors: ['not-found', 'not-possible', 'too-large', 'unreadable-document', 'model-unavailable', 'disk-full'],
		},
		async ({ backlogs, conversations }, { caller, params, body, response }) => {
			const { principal } = caller;
			const { tool, waitMs } = body;
			const args = await parsedArgs(tool, { ...body.args, projectRoot: params.id });
			const gone = new AbortController();
			response.once('close', () => gone.abort());
			const conversation = body.conversation === undefined ? undefined : asConversationId(body.conversation);
			// Whose it is not, finds it not.
			if (conversation !== undefined) await conversations.entries(principal, conversation, Number.MAX_SAFE_INTEGER);
			const options = { waitMs, conversation, signal: gone.signal };
			return { status: 200, json: await deskOf(backlogs).call(principal, { tool, args }, options) };
		},
	),
	route(
		{
			method: 'get',
			path: '/v1/backlogs/:id/work',
			operationId: 'getBacklogWork',
			summary: 'Show the long work and the items under way in a backlog, and what you watch.',
			tag: 'backlogs',
			access: 'person',
			params: BacklogParams,
			responses: { 200: { description: 'What has not ended.', schema: BacklogWorkSchema } },
			errors: ['not-found'],
		},
		async ({ backlogs }, { caller, params }) => ({
			status: 200,
			json: await deskOf(backlogs).work(caller.principal, params.id),
		}),
	),
	route(
		{
			method: 'get',
			path: '/v1/backlogs/:id/changes',
			operationId: 'followBacklog',
			summary: 'Follow the changes of a backlog as they happen.',
			tag: 'backlogs',
			access: 'person',
			params: BacklogParams,
			responses: {
				200: {
					description:
						'Server-sent events `change`: `{seq, tag, items, removed, work?}`, with items in short; `work` says that long work began or ended.',
					types: ['text/event-stream'],
				},
			},
			errors: ['not-found'],
		},
		async ({ backlogs, streams }, { caller, params, response }) => {
			const waiting: string[] = [];
			let write: (frame: string) => void = (frame) => waiting.push(frame);
			const stop = await deskOf(backlogs).follow(caller.principal, params.id, (change) =>
				write(`event: change\nid: ${change.seq}\ndata: ${JSON.stringify(change)}\n\n`),
			);
			try {
				write = streams.live(response, stop);
			} catch (error) {
				stop();
				throw error;
			}
			for (const frame of waiting) write(frame);
			return 'written';
		},
	),
	route(
		{
			method: 'get',
			path: '/v1/operations/:id',
			operationId: 'getOperation',
			summary: 'Show how long work on a backlog stands.',
			tag: 'backlogs',
			access: 'person',
			params: OperationParams,
			responses: SHOWN,
			errors: ['not-found'],
		},
		async ({ backlogs }, { caller, params }) => ({
			status: 200,
			json: await deskOf(backlogs).operation(caller.principal, params.id),
		}),
	),
	route(
		{
			method: 'post',
			path: '/v1/operations/:id/cancel',
			operationId: 'cancelOperation',
			summary: 'Stop long work; what it has finished so far is kept.',
			tag: 'backlogs',
			access: 'person',
			params: OperationParams,
			responses: SHOWN,
			errors: ['not-found'],
		},
		async ({ backlogs }, { caller, params }) => ({
			status: 200,
			json: await deskOf(backlogs).cancelOperation(caller.principal, params.id),
		}),
	),
];

function deskOf(backlogs: IBacklogDesk | undefined): IBacklogDesk {
	if (backlogs !== undefined) return backlogs;
	throw new CoreError('not-possible', 'This server keeps no backlogs.', { hint: 'Ask a server that does.' });
}

/** What all tools take is loaded with the first call of one. */
async function parsedArgs(tool: string, args: JsonObject): Promise<JsonObject> {
	const { BACKLOG_TOOLS, isBacklogTool } = await import('@errand/core/domain/backlog/tools.ts');
	if (isBacklogTool(tool)) return parseInput(BACKLOG_TOOLS[tool].input, args, 'The arguments') as JsonObject;
	const hint = `There are ${Object.keys(BACKLOG_TOOLS).join(', ')}.`;
	throw new CoreError('not-found', `There is no tool "${tool}".`, { hint });
}

async function boardOf(desk: IBacklogDesk, principal: Principal, id: string, query: z.output<typeof BoardQuery>) {
	const { tag, status, limit, cursor } = query;
	const args = { projectRoot: id, compact: true, limit, ...given({ tag, status, cursor }) };
	const [page, { tags, currentTag }, all] = await Promise.all([
		desk.call(principal, { tool: 'get_tasks', args }),
		desk.call(principal, { tool: 'list_tags', args: { projectRoot: id } }),
		desk.list(principal),
	]);
	return { ...all.find((one) => one.id === id), ...page, tag: tag ?? currentTag, tags };
}

function given(args: Readonly<Record<string, string | undefined>>): JsonObject {
	return Object.fromEntries(
		Object.entries(args).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
	);
}
