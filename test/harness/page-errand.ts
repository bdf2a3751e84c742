import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { InProcessShortMemory } from '@errand/core/adapters/in-process/in-process-short-memory.ts';
import { ClusterDesk } from '@errand/core/orchestrator/cluster/cluster-desk.ts';
import { PeopleDesk } from '@errand/core/orchestrator/people/people-desk.ts';
import { LiveCatalogue } from '@errand/core/planning/live-catalogue.ts';
import type { WebFrontend as Frontend } from '@errand/frontends/web/web-frontend.ts';
import { WebFrontend } from '@errand/frontends/web/web-frontend.ts';
import { A2aService } from '@errand/gateway/a2a/a2a-service.ts';
import { Authenticator, OWNER } from '@errand/gateway/auth/authenticator.ts';
import { LoginCodes } from '@errand/gateway/auth/login-codes.ts';
import { LoginSessions } from '@errand/gateway/auth/login-sessions.ts';
import { OriginPolicy } from '@errand/gateway/auth/origin-policy.ts';
import { createHttpApp } from '@errand/gateway/http/app.ts';
import { Gates } from '@errand/gateway/http/gates.ts';
import { callerOfHandshake } from '@errand/gateway/http/guard.ts';
import { HttpMetrics } from '@errand/gateway/http/metrics.ts';
import { problemOf } from '@errand/gateway/http/problem.ts';
import { TaskStreams } from '@errand/gateway/http/task-streams.ts';
import { WebhookTable } from '@errand/gateway/http/webhook-table.ts';
import { LinkSigner } from '@errand/gateway/links/link-signer.ts';
import { McpService } from '@errand/gateway/mcp/http/mcp-service.ts';
import { openSkills } from '@errand/gateway/open-skills.ts';
import { openWorkflowLanguage } from '@errand/gateway/open-workflows.ts';
import { RetriedRequests } from '@errand/gateway/openai/retried-requests.ts';
import { stopperOf } from '@errand/gateway/shutdown.ts';
import { createSocketServer } from '@errand/gateway/socket/socket-server.ts';
import { deskParts } from './desk-parts.ts';
import { type InProcessErrand, startInProcess } from './in-process-errand.ts';

/** PageErrand is Errand with its page, in this process: the test plans and runs the steps, and so says what is on the page when. */
export interface PageErrand extends InProcessErrand {
	readonly url: string;
	readonly token: string;
	loginLink(): string;
}

const TOKEN = 'a-token-for-page-tests';

/** startPageErrand composes what serves the page around an Errand with the test's own planner and capabilities. */
export async function startPageErrand(
	options: Pick<Parameters<typeof startInProcess>[0], 'catalogue' | 'catalogueUrl' | 'planner'>,
): Promise<PageErrand> {
	let web: Frontend | undefined;
	const errand = await startInProcess({ ...options, frontend: () => web });
	const { orchestrator, ports } = errand;
	const { clock, log } = ports;
	const http = createServer();
	const listening = () => ({ host: '127.0.0.1', port: (http.address() as AddressInfo | null)?.port ?? 0 });
	const sessions = await LoginSessions.open(join(errand.dataDir, 'sessions.json'), clock, log);
	const people = new PeopleDesk({ ...ports, owners: [], forgetEverything: (person) => orchestrator.forget(person) });
	const authenticator = new Authenticator({ token: TOKEN, sessions, codes: new LoginCodes(clock), people, listening });
	const origins = new OriginPolicy(listening, undefined);
	const gates = new Gates(() => clock.now());
	const streams = new TaskStreams(orchestrator.tasks);
	const io = createSocketServer(origins);
	const frontend = new WebFrontend({
		io,
		desk: orchestrator.tasks,
		authenticate: (handshake) => callerOfHandshake({ authenticator, origins, gates }, handshake),
		admit: (principal) => gates.admit(principal),
		describeProblem: (error) => problemOf(error),
		clock,
		log,
	});
	web = frontend;
	const backlogs = orchestrator.backlogs.desk;
	const catalogue = new LiveCatalogue(options.catalogue);
	const mcp = new McpService({
		...{
			backlogs,
			workflows: orchestrator.workflows.desk,
			tasks: orchestrator.tasks,
			artifacts: ports.artifacts,
			catalogue,
		},
		...{ clock, log, address: () => origins.address() },
	});
	http.on(
		'request',
		createHttpApp({
			tasks: orchestrator.tasks,
			conversations: orchestrator.conversations,
			webhooks: orchestrator.webhooks.desk,
			hooks: orchestrator.hooks,
			artifacts: ports.artifacts,
			people,
			memory: orchestrator.memories.desk,
			languageModels: deskParts(ports).models,
			backlogs,
			agents: orchestrator.agents.desk,
			a2a: new A2aService({
				...{
					tasks: orchestrator.tasks,
					exchanges: orchestrator.exchanges.desk,
					artifacts: ports.artifacts,
					clock,
					log,
				},
				address: () => origins.address(),
			}),
			schedules: orchestrator.schedules.desk,
			skills: openSkills(
				{ skillsDir: join(errand.dataDir, 'skills') },
				{ note: ports.note('skills'), hasModel: false, clock, log },
			),
			workflows: orchestrator.workflows.desk,
			workflowLanguage: openWorkflowLanguage,
			mcp,
			catalogue,
			cluster: new ClusterDesk({
				registry: { list: () => [], order: async () => {} },
				depths: () => ports.queue.depths(),
			}),
			readiness: () => ({ ready: true, checks: {} }),
			authenticator,
			origins,
			gates,
			streams,
			platformWebhooks: new WebhookTable(),
			retried: new RetriedRequests(new InProcessShortMemory(() => clock.now())),
			links: new LinkSigner('5a'.repeat(32)),
			metrics: new HttpMetrics({ streams: () => streams.count, sockets: () => io.sockets.sockets.size }),
			loginEnded: (login) => {
				frontend.endLogin(login);
				streams.closeLogin(login);
			},
			pageDir: resolve(import.meta.dirname, '../../apps/frontends/dist/web'),
			clock,
			log,
		}),
	);
	io.attach(http);
	const stopServing = stopperOf({ http, io, streams, log });
	await frontend.start({
		receive: (message) => orchestrator.conversations.receive(OWNER, message),
		mountWebhook: () => {},
		reportState: () => {},
		reportDelivery: async () => {},
		suggestions: async () => [],
	});
	await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
	const url = `http://127.0.0.1:${listening().port}`;
	return {
		...errand,
		url,
		token: TOKEN,
		loginLink: () => `${url}/login#code=${authenticator.issueCode(OWNER, { from: 'server' }).code}`,
		stop: async () => {
			await Promise.all([mcp.stop(), stopServing('the test is over', 1_000)]);
			await frontend.stop();
			await errand.stop();
		},
	};
}
