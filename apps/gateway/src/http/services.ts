import type { IAgentDesk } from '@errand/core/orchestrator/desks/agents.ts';
import type { IBacklogDesk } from '@errand/core/orchestrator/desks/backlog.ts';
import type { IClusterDesk } from '@errand/core/orchestrator/desks/cluster.ts';
import type { IConversationDesk, ITaskDesk } from '@errand/core/orchestrator/desks/desk.ts';
import type { IHookDesk } from '@errand/core/orchestrator/desks/hooks.ts';
import type { IMemoryDesk } from '@errand/core/orchestrator/desks/memory.ts';
import type { IModelDesk } from '@errand/core/orchestrator/desks/models.ts';
import type { IPeopleDesk } from '@errand/core/orchestrator/desks/people.ts';
import type { IScheduleDesk } from '@errand/core/orchestrator/desks/schedules.ts';
import type { ISkillDesk } from '@errand/core/orchestrator/desks/skills.ts';
import type { IWebhookDesk } from '@errand/core/orchestrator/desks/webhooks.ts';
import type { IWorkflowDesk } from '@errand/core/orchestrator/desks/workflows.ts';
import type { IArtifactStore } from '@errand/core/ports/artifact-store.ts';
import type { ICatalogue } from '@errand/core/ports/catalogue.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { IWorkflowLanguage } from '@errand/core/ports/workflow-language.ts';
import type { A2aService } from '../a2a/a2a-service.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import type { OriginPolicy } from '../auth/origin-policy.ts';
import type { LinkSigner } from '../links/link-signer.ts';
import type { McpService } from '../mcp/http/mcp-service.ts';
import type { RetriedRequests } from '../openai/retried-requests.ts';
import type { Gates } from './gates.ts';
import type { HttpMetrics } from './metrics.ts';
import type { Readiness } from './schemas/system.ts';
import type { TaskStreams } from './task-streams.ts';
import type { WebhookTable } from './webhook-table.ts';

/** HttpServices is all that the HTTP side is built on. */
export interface HttpServices {
	readonly tasks: ITaskDesk;
	readonly conversations: IConversationDesk;
	readonly webhooks: IWebhookDesk;
	readonly hooks: IHookDesk;
	readonly memory: IMemoryDesk;
	readonly languageModels: IModelDesk;
	readonly backlogs: IBacklogDesk;
	readonly workflows: IWorkflowDesk;
	/** What reads and writes workflows; loaded with its first use. */
	readonly workflowLanguage: () => Promise<IWorkflowLanguage>;
	readonly agents: IAgentDesk;
	readonly schedules: IScheduleDesk;
	readonly skills: ISkillDesk;
	readonly artifacts: IArtifactStore;
	readonly people: IPeopleDesk;
	readonly mcp: McpService;
	readonly a2a: A2aService;
	readonly catalogue: ICatalogue;
	readonly cluster: IClusterDesk;
	readiness(): Readiness | Promise<Readiness>;
	readonly authenticator: Authenticator;
	readonly origins: OriginPolicy;
	readonly gates: Gates;
	readonly streams: TaskStreams;
	/** Reads the links that show a task to whoever has them. */
	readonly links: Pick<LinkSigner, 'read'>;
	/** Requests of OpenAI clients that may come twice. */
	readonly retried: RetriedRequests;
	readonly metrics: HttpMetrics;
	/** Where platforms call. */
	readonly platformWebhooks: WebhookTable;
	/** Called when a login is over, so that sockets and streams which rest on it are closed. */
	loginEnded(login: string): void;
	/** The folder of the built page. */
	readonly pageDir: string;
	readonly clock: IClock;
	readonly log: ILogger;
}
