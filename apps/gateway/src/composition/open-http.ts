import type { RequestListener } from 'node:http';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { WebFrontend } from '@errand/frontends/web/web-frontend.ts';
import { A2aService } from '../a2a/a2a-service.ts';
import type { Config } from '../config.ts';
import type { Foundation } from '../foundation/foundation.ts';
import { hookCounter } from '../hooks/hook-counter.ts';
import { HOOKS_PATH, inboundHooks } from '../hooks/inbound-hooks.ts';
import { createHttpApp } from '../http/app.ts';
import type { HttpMetrics } from '../http/metrics.ts';
import type { TaskStreams } from '../http/task-streams.ts';
import { McpService } from '../mcp/http/mcp-service.ts';
import { measuredBacklogs } from '../metrics/measured-backlogs.ts';
import { RetriedRequests } from '../openai/retried-requests.ts';
import { readinessOf } from '../readiness.ts';
import type { Access } from './open-access.ts';
import type { Chats } from './open-chats.ts';
import type { Core } from './open-core.ts';

/** HttpSide answers requests. */
export interface HttpSide {
	readonly app: RequestListener;
	readonly mcp: McpService;
}

interface HttpParts {
	readonly config: Config;
	readonly base: Foundation;
	readonly core: Core;
	readonly access: Access;
	readonly chats: Chats;
	readonly streams: TaskStreams;
	readonly web: WebFrontend;
	readonly metrics: HttpMetrics;
	/** Closes what rests on a login that is over. */
	readonly loginEnded: (login: string) => void;
	readonly log: ILogger;
}

/** openHttp builds all that is answered over HTTP: the routes with the page, MCP, A2A, and the hooks of other programs. */
export function openHttp({
	config,
	base,
	core,
	access,
	chats,
	streams,
	web,
	metrics,
	loginEnded,
	log,
}: HttpParts): HttpSide {
	const { artifacts, clock, storeFull } = base.ports;
	const { orchestrator, people, catalogue } = core;
	const { tasks, hooks } = orchestrator;
	const workflows = orchestrator.workflows.desk;
	const address = () => access.origins.address();
	const backlogs = measuredBacklogs(orchestrator.backlogs.desk, metrics.registry);
	const mcp = new McpService({ backlogs, workflows, tasks, artifacts, catalogue, clock, log, address });
	const exchanges = orchestrator.exchanges.desk;
	const a2a = new A2aService({ tasks, exchanges, workflows, artifacts, clock, log, address });
	people.onChange((person) => {
		web.endPerson(person);
		streams.closeOf(person);
		mcp.closeOf(person);
	});
	chats.webhooks.mount(HOOKS_PATH, inboundHooks({ hooks, clock, log, count: hookCounter(metrics.registry) }));
	const app = createHttpApp({
		tasks,
		conversations: core.conversations,
		webhooks: orchestrator.webhooks.desk,
		hooks,
		artifacts,
		people,
		memory: orchestrator.memories.desk,
		languageModels: core.models,
		backlogs,
		agents: orchestrator.agents.desk,
		a2a,
		schedules: orchestrator.schedules.desk,
		skills: core.skills,
		workflows,
		workflowLanguage: async () => (await import('../open-workflows.ts')).openWorkflowLanguage(),
		mcp,
		catalogue,
		cluster: base.cluster,
		readiness: () =>
			readinessOf({ storeFull: storeFull(), trouble: base.trouble(), frontends: chats.frontends.states() }),
		...{ authenticator: access.authenticator, origins: access.origins, gates: access.gates },
		streams,
		retried: new RetriedRequests(base.shortMemory),
		links: base.links,
		metrics,
		platformWebhooks: chats.webhooks,
		loginEnded,
		pageDir: config.pageDir,
		clock,
		log,
	});
	return { app, mcp };
}
