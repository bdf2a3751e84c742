import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openEmbedded } from '@errand/core/infrastructure/open-embedded.ts';
import { openWebhookSender } from '@errand/core/infrastructure/open-webhook-sender.ts';
import { Orchestrator } from '@errand/core/orchestrator/orchestrator.ts';
import { CatalogueAdmission } from '@errand/core/planning/catalogue-admission.ts';
import { ModelPlanner } from '@errand/core/planning/model/model-planner.ts';
import { QuickPlanner } from '@errand/core/planning/quick/quick-planner.ts';
import { RulesPlanner } from '@errand/core/planning/rules/rules-planner.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import type { FrontendState, IFrontend } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { WebFrontend } from '@errand/frontends/web/web-frontend.ts';
import { openWorkers } from '@errand/workers/open-workers.ts';
import { Authenticator, OWNER } from './auth/authenticator.ts';
import { LoginSessions } from './auth/login-sessions.ts';
import { OriginPolicy } from './auth/origin-policy.ts';
import { ownerToken } from './auth/owner-token.ts';
import { cleanUp } from './clean-up.ts';
import type { Config } from './config.ts';
import { findServices } from './find-services.ts';
import { createHttpApp } from './http/app.ts';
import { Gates } from './http/gates.ts';
import { callerOfHandshake } from './http/guard.ts';
import { HttpMetrics } from './http/metrics.ts';
import { problemOf } from './http/problem.ts';
import { TaskStreams } from './http/task-streams.ts';
import { listen } from './listen.ts';
import { RetriedRequests } from './openai/retried-requests.ts';
import { PeopleDesk } from './people-desk.ts';
import { readinessOf } from './readiness.ts';
import { stopperOf } from './shutdown.ts';
import { createSocketServer } from './socket/socket-server.ts';
import { workerView } from './worker-view.ts';

/** ServerOptions is what a server is made of besides its configuration. */
export interface ServerOptions {
	readonly config: Config;
	readonly log: ILogger;
	readonly catalogue: readonly ICapability[];
	/** The module that exports the same catalogue, for handler children to load. */
	readonly catalogueUrl: string;
}

/** RunningServer is Errand in embedded mode, listening. */
export interface RunningServer {
	readonly url: string;
	/** What it has for tasks and what is missing, in a line each. */
	readonly has: readonly string[];
	/** A link that logs the owner in once, within ten minutes. */
	loginLink(): string;
	/** Stops in reverse order of starting: what runs may finish for a while, the rest goes on at the next start. */
	stop(reason: string): Promise<void>;
}

/** How long steps under way may go on at a shutdown before they are left to the next start, ms. */
const DRAIN_MS = 5_000;

/** startServer builds everything by hand, in order, and takes up unfinished work. Rejects with CoreError when it cannot start. */
export async function startServer({ config, log, catalogue, catalogueUrl }: ServerOptions): Promise<RunningServer> {
	const { dataDir, allowPrivateHosts } = config;
	const ports = await openEmbedded({ dataDir, log });
	const { clock } = ports;
	const found = await findServices(config, clock);
	const startedAt = clock.now();
	const frontends = new Map<string, { frontend: IFrontend; state: FrontendState }>();
	const workers = openWorkers({ ...ports, ...found, catalogue, catalogueUrl, dataDir, allowPrivateHosts });
	const { offer } = workers;
	const rules = new RulesPlanner(offer.catalogue);
	const orchestrator = new Orchestrator(ports, {
		planner: new QuickPlanner({
			model: found.model,
			otherwise:
				found.model === undefined
					? rules
					: new ModelPlanner({ model: found.model, catalogue: offer.catalogue, rules, log }),
		}),
		admission: new CatalogueAdmission(offer.catalogue, offer.missing),
		sessions: workers.sessions,
		frontend: (name) => frontends.get(name)?.frontend,
		people: { view: async (id) => ({ id, role: 'owner', identities: [], tokens: [], preferences: { notify: {} } }) },
		peopleCommand: async () => 'There is nobody else yet.',
		webhookSender: openWebhookSender({ allowPrivateHosts }),
	});
	const { tasks, conversations } = orchestrator;

	const http = createServer();
	const listening = () => ({ host: config.host, port: (http.address() as AddressInfo | null)?.port ?? config.port });
	const sessions = await LoginSessions.open(join(dataDir, 'sessions.json'), clock, log);
	const authenticator = new Authenticator({ token: ownerToken(dataDir, config.token), sessions, clock, listening });
	const origins = new OriginPolicy(listening, config.publicUrl);
	const gates = new Gates(() => clock.now());
	const streams = new TaskStreams(tasks);
	const io = createSocketServer(origins);
	const web = new WebFrontend({
		io,
		desk: tasks,
		authenticate: (handshake) => callerOfHandshake({ authenticator, origins, gates }, handshake),
		admit: (principal) => gates.admit(principal),
		describeProblem: (error) => problemOf(error),
		clock,
		log,
	});
	frontends.set(web.name, { frontend: web, state: { status: 'stopped' } });
	http.on(
		'request',
		createHttpApp({
			tasks,
			conversations,
			webhooks: orchestrator.webhooks.desk,
			hooks: orchestrator.hooks,
			artifacts: ports.artifacts,
			people: new PeopleDesk(orchestrator),
			capabilities: offer.catalogue,
			workers: () => [workerView(workers.status(), startedAt)],
			readiness: () => readinessOf({ storeFull: ports.storeFull(), frontends }),
			authenticator,
			origins,
			gates,
			streams,
			retried: new RetriedRequests(clock),
			metrics: new HttpMetrics({ streams: () => streams.count, sockets: () => io.sockets.sockets.size }),
			loginEnded: (login) => web.endLogin(login),
			pageDir: config.pageDir,
			clock,
			log,
		}),
	);
	io.attach(http);
	const stopServing = stopperOf({ http, io, streams, log });

	workers.start(orchestrator.runs);
	try {
		await listen(http, config);
		for (const [name, entry] of frontends) {
			await entry.frontend.start({
				receive: (message) => conversations.receive(OWNER, message),
				mountWebhook: () => {},
				reportState: (state) => frontends.set(name, { ...entry, state }),
				reportDelivery: async () => {},
				recentTasks: async () => [],
			});
		}
	} catch (error) {
		await workers.stop({ drainMs: 0 });
		ports.close();
		throw error;
	}
	const { port } = listening();
	const url = `http://${config.host === '0.0.0.0' || config.host === '::' ? 'localhost' : bracketed(config.host)}:${port}`;
	await ports.claim.publish(url);
	const resumed = orchestrator.resume().then(
		(streamCount) => log.info('work resumed', { streams: streamCount, ms: clock.now() - startedAt }),
		(error: unknown) => log.error('work not resumed', { error }),
	);
	const cleaned = resumed
		.then(() => cleanUp({ orchestrator, workers, ports }))
		.catch((error: unknown) => log.warn('clean-up failed', { error }));

	let stopped: Promise<void> | undefined;
	const stop = async (reason: string) => {
		await stopServing(reason);
		for (const { frontend } of frontends.values()) await frontend.stop();
		await cleaned;
		await workers.stop({ drainMs: DRAIN_MS });
		orchestrator.stop();
		ports.close();
	};
	return {
		url,
		has: found.words,
		loginLink: () => `${url}/login#code=${authenticator.issueCode(OWNER).code}`,
		stop: (reason) => {
			stopped ??= stop(reason);
			return stopped;
		},
	};
}

function bracketed(host: string): string {
	return host.includes(':') ? `[${host}]` : host;
}
