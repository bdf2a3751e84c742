import { z } from 'zod';
import { A2A_ROUTES } from '../a2a/a2a-routes.ts';
import { MCP_ROUTES } from '../mcp/http/mcp-routes.ts';
import { CHAT_ROUTES } from '../openai/chat-routes.ts';
import { MODEL_ROUTES } from '../openai/model-routes.ts';
import { RESPONSE_ROUTES } from '../openai/response-routes.ts';
import { openApiDocument } from '../openapi/document.ts';
import { type Route, route } from './route.ts';
import { AGENT_ROUTES } from './routes/agents.ts';
import { ARTIFACT_ROUTES } from './routes/artifacts.ts';
import { BACKLOG_ROUTES } from './routes/backlogs.ts';
import { CLUSTER_ROUTES } from './routes/cluster.ts';
import { CONVERSATION_ROUTES } from './routes/conversations.ts';
import { DEAD_LETTER_ROUTES } from './routes/dead-letters.ts';
import { HOOK_ROUTES } from './routes/hooks.ts';
import { LOGIN_ROUTES } from './routes/login.ts';
import { MEMORY_ROUTES } from './routes/memory.ts';
import { USAGE_ROUTES } from './routes/models.ts';
import { PEOPLE_ROUTES } from './routes/people.ts';
import { SCHEDULE_ROUTES } from './routes/schedules.ts';
import { SHARED_ROUTES } from './routes/shared-links.ts';
import { SKILL_ROUTES } from './routes/skills.ts';
import { SYSTEM_ROUTES } from './routes/system.ts';
import { TASK_HISTORY_ROUTES } from './routes/task-history.ts';
import { STEERING_ROUTES } from './routes/task-steering.ts';
import { TASK_ROUTES } from './routes/tasks.ts';
import { WEBHOOK_ROUTES } from './routes/webhooks.ts';
import { WORKFLOW_ROUTES } from './routes/workflows.ts';

const openApi = route(
	{
		method: 'get',
		path: '/openapi.json',
		operationId: 'openApi',
		summary: 'This document.',
		tag: 'system',
		access: 'open',
		responses: { 200: { description: 'OpenAPI 3.1.', schema: z.record(z.string(), z.json()) } },
		errors: [],
	},
	async () => {
		document ??= openApiDocument(ROUTES);
		return { status: 200, json: document };
	},
);
let document: ReturnType<typeof openApiDocument> | undefined;

/** ROUTES is every call of the HTTP interface; the app serves it and the OpenAPI document describes it. */
export const ROUTES: readonly Route[] = [
	...TASK_ROUTES,
	...STEERING_ROUTES,
	...TASK_HISTORY_ROUTES,
	...CONVERSATION_ROUTES,
	...ARTIFACT_ROUTES,
	...AGENT_ROUTES,
	...BACKLOG_ROUTES,
	...SCHEDULE_ROUTES,
	...SKILL_ROUTES,
	...SHARED_ROUTES,
	...WEBHOOK_ROUTES,
	...WORKFLOW_ROUTES,
	...HOOK_ROUTES,
	...LOGIN_ROUTES,
	...PEOPLE_ROUTES,
	...MEMORY_ROUTES,
	...USAGE_ROUTES,
	...DEAD_LETTER_ROUTES,
	...CLUSTER_ROUTES,
	...SYSTEM_ROUTES,
	...MODEL_ROUTES,
	...CHAT_ROUTES,
	...RESPONSE_ROUTES,
	...MCP_ROUTES,
	...A2A_ROUTES,
	openApi,
];
