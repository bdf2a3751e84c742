import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { openWebhookSender } from '@errand/core/infrastructure/open-webhook-sender.ts';
import { SpoolingDesk } from '@errand/core/orchestrator/conversations/spooling-desk.ts';
import { CORE_CAPABILITIES } from '@errand/core/orchestrator/core-capabilities.ts';
import { ModelDesk } from '@errand/core/orchestrator/models/model-desk.ts';
import { Orchestrator } from '@errand/core/orchestrator/orchestrator.ts';
import { FrontDoor } from '@errand/core/orchestrator/people/front-door.ts';
import { PeopleDesk } from '@errand/core/orchestrator/people/people-desk.ts';
import { CatalogueAdmission } from '@errand/core/planning/catalogue-admission.ts';
import { FLOW_CAPABILITIES } from '@errand/core/planning/flow-capabilities.ts';
import { LiveCatalogue } from '@errand/core/planning/live-catalogue.ts';
import { ModelPlanner } from '@errand/core/planning/model/model-planner.ts';
import { QuickPlanner } from '@errand/core/planning/quick/quick-planner.ts';
import { RulesPlanner } from '@errand/core/planning/rules/rules-planner.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { ModelHealth } from '@errand/core/ports/model-view.ts';
import { WebFrontend } from '@errand/frontends/web/web-frontend.ts';
import { A2aService } from './a2a/a2a-service.ts';
import { openAgentCourier } from './a2a/open-agent-courier.ts';
import { openPushTeller } from './a2a/open-push-teller.ts';
import { Authenticator, OWNER } from './auth/authenticator.ts';
import { OriginPolicy } from './auth/origin-policy.ts';
import type { Config } from './config.ts';
import { openFoundation } from './foundation/open-foundation.ts';
import { configuredFrontends } from './frontends/configured-frontends.ts';
import { FrontendMetrics } from './frontends/frontend-metrics.ts';
import { FrontendPresence } from './frontends/frontend-presence.ts';
import { FrontendSupervisor } from './frontends/frontend-supervisor.ts';
import { HolderNotes } from './frontends/holder-notes.ts';
import { WebhookRelay } from './frontends/webhook-relay.ts';
import { hookCounter } from './hooks/hook-counter.ts';
import { HOOKS_PATH, inboundHooks } from './hooks/inbound-hooks.ts';
import { createHttpApp } from './http/app.ts';
import { Gates } from './http/gates.ts';
import { callerOfHandshake } from './http/guard.ts';
import { HttpMetrics } from './http/metrics.ts';
import { problemOf } from './http/problem.ts';
import { loginLink } from './http/routes/login.ts';
import { TaskStreams } from './http/task-streams.ts';
import { WebhookTable } from './http/webhook-table.ts';
import { taskLinks } from './links/task-links.ts';
import { listen } from './listen.ts';
import { McpService } from './mcp/http/mcp-service.ts';
import { measuredBacklogs } from './metrics/measured-backlogs.ts';
import { ModelMetrics } from './metrics/model-metrics.ts';
import { workflowMetrics } from './metrics/workflow-metrics.ts';
import { openSkills } from './open-skills.ts';
import { RetriedRequests } from './openai/retried-requests.ts';
import { readinessOf } from './readiness.ts';
import { stopperOf } from './shutdown.ts';
import { createSocketServer } from './socket/socket-server.ts';

/** ServerOptions is what a server is made of besides its configuration. */
export interface ServerOptions {
	readonly config: Config;
	readonly log: ILogger;
	readonly catalogue: readonly ICapability[];
	/** The module that exports the same catalogue, for handler children to load. */
	readonly catalogueUrl: string;
	/** `frontends` serves chat platforms only: of many processes, one with them at a time. */
	readonly role?: 'gateway' | 'frontends' | undefined;
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
/** How long a frontend that is just starting is waited for at a shutdown, ms. */
const CONNECT_MS = 3_000;
/** Tasks offered while somebody types a number. */
const TASKS_TO_CHOOSE_FROM = 25;

/** startServer builds everything by hand, in order, and takes up unfinished work. Rejects with CoreError when it cannot start. */
export async function startServer({ config, log, role = 'gateway', ...code }: ServerOptions): Promise<RunningServer> {
	const modelMetrics = new ModelMetrics();
	const health = { tell: (_name: string, _health: ModelHealth) => {} };
	const base = await openFoundation({
		...{ config, log, ...code },
		modelCare: {
			pinOf: (person) => people.modelOf(person),
			counting: (ledger) => modelMetrics.counting(ledger),
			onHealth: (change) => health.tell(change.name, change.health),
		},
	});
	const { ports, offer, cluster, links, router, ledger } = base;
	const { clock } = ports;
	const startedAt = clock.now();
	const catalogue = new LiveCatalogue([...offer.catalogue, ...FLOW_CAPABILITIES, ...CORE_CAPABILITIES], {
		missing: offer.missing,
		onRefused: (source, problem) => log.warn('capability refused', { source, problem }),
	});
	for (const source of base.sources) catalogue.add(source);
	const rules = new RulesPlanner(catalogue);
	const people = new PeopleDesk({
		...ports,
		owners: config.owners,
		welcome: async ({ id: to, identities }) => {
			const words = { key: `welcome.${to}`, text: 'You are let in. Write what you want done, or `/help`.', to };
			await Promise.all(identities.map(({ identity }) => orchestrator.conversations.tell(identity, words)));
		},
		forgetEverything: async (person) => {
			const streams = await orchestrator.forget(person);
			await ledger.eraseOf(person);
			router?.forget(person);
			return streams;
		},
		forgottenElsewhere: () => {
			orchestrator.forgottenElsewhere();
			router?.forget();
		},
	});
	const skills = openSkills(config, { note: base.note('skills'), hasModel: router !== undefined, clock, log });
	const models = new ModelDesk({ views: () => router?.views() ?? [], ledger, pins: people, clock });
	const orchestrator: Orchestrator = new Orchestrator(ports, {
		planner: new QuickPlanner({
			model: router,
			otherwise: router === undefined ? rules : new ModelPlanner({ model: router, catalogue, rules, log }),
		}),
		admission: new CatalogueAdmission(catalogue),
		sessions: base.sessions,
		frontend: (name) => frontends.running(name),
		people,
		cluster,
		loginLink: (principal) => loginLink(origins.address(), authenticator.issueCode(principal).code),
		webhookSender: openWebhookSender(config),
		teller: openPushTeller(config),
		courier: openAgentCourier(config, clock),
		models,
		skills,
		embedder: base.embedder,
		projects: async () => (await import('./open-projects.ts')).openProjects(config, { models }),
		scheduleTimes: async () => (await import('@errand/core/planning/schedule/schedule-times.ts')).scheduleTimes,
		workflows: async () =>
			(await import('./open-workflows.ts')).openWorkflows(config, {
				...{ catalogue, sources: base.sources, model: router, clock, log },
				measure: workflowMetrics(metrics.registry),
			}),
	});
	const { tasks } = orchestrator;
	const spooling =
		base.outage &&
		new SpoolingDesk({
			...{ conversations: orchestrator.conversations, frontend: (name) => frontends.running(name) },
			...{ spool: base.outage.spool, reachable: base.outage.reachable, clock, log },
			principalOf: (person) => people.whoIs(`web:${person}`),
		});
	base.outage?.onBack(() => void spooling?.drain());
	const conversations = spooling ?? orchestrator.conversations;

	const http = createServer();
	const listening = () => ({ host: config.host, port: (http.address() as AddressInfo | null)?.port ?? config.port });
	const authenticator = new Authenticator({
		...{ token: base.ownerToken, sessions: base.logins, codes: base.loginCodes, people, listening },
		cookie: base.cookie,
	});
	const origins = new OriginPolicy(listening, config.publicUrl);
	const gates = new Gates(() => clock.now());
	const streams = new TaskStreams(tasks);
	const io = createSocketServer(origins);
	base.joinSockets(io);
	const web = new WebFrontend({
		io,
		desk: tasks,
		authenticate: (handshake) => callerOfHandshake({ authenticator, origins, gates }, handshake),
		admit: (principal) => gates.admit(principal),
		describeProblem: (error) => problemOf(error),
		clock,
		log,
	});
	health.tell = (name, now) => web.tellOfModel(name, now);
	const metrics = new HttpMetrics({ streams: () => streams.count, sockets: () => io.sockets.sockets.size });
	base.measure(metrics.registry);
	modelMetrics.mount(metrics.registry, () => router?.views() ?? []);
	const backlogs = measuredBacklogs(orchestrator.backlogs.desk, metrics.registry);
	const mcp = new McpService({
		...{ backlogs, workflows: orchestrator.workflows.desk, tasks, artifacts: ports.artifacts, catalogue, clock, log },
		address: () => origins.address(),
	});
	const a2a = new A2aService({
		...{ tasks, exchanges: orchestrator.exchanges.desk, workflows: orchestrator.workflows.desk },
		...{ artifacts: ports.artifacts, clock, address: () => origins.address() },
	});
	people.onChange((person) => {
		web.endPerson(person);
		streams.closeOf(person);
		mcp.closeOf(person);
	});
	const presence = new FrontendPresence({
		...{ homes: ports.homes, clock, log },
		back: (name) => orchestrator.frontendIsBack(name),
	});
	const webhooks = new WebhookTable();
	const door = new FrontDoor({ people, conversations, log, clock });
	const frontends = new FrontendSupervisor({
		host: {
			receive: (message) => door.receive(message),
			reportDelivery: (report) => orchestrator.conversations.reportDelivery(report),
			recentTasks: async (identity) => {
				const principal = await people.whoIs(identity);
				return principal === undefined ? [] : tasks.recent(principal, TASKS_TO_CHOOSE_FROM);
			},
		},
		back: (name, how) => presence.appeared(name, how),
		gone: (name) => presence.disappeared(name),
		leases: base.leases,
		webhooks,
		relay: new WebhookRelay({ peers: base.peers, log }),
		notes: new HolderNotes({ memory: base.shortMemory, clock, log }),
		metrics: new FrontendMetrics(metrics.registry),
		clock,
		log,
	});
	const linkTo = taskLinks({ signer: links, publicUrl: config.publicUrl, clock });
	const chats = configuredFrontends({ ...ports, config, linkTo, note: base.note });
	frontends.expect(chats);
	webhooks.mount(
		HOOKS_PATH,
		inboundHooks({ hooks: orchestrator.hooks, clock, log, count: hookCounter(metrics.registry) }),
	);
	http.on(
		'request',
		createHttpApp({
			tasks,
			conversations,
			webhooks: orchestrator.webhooks.desk,
			hooks: orchestrator.hooks,
			artifacts: ports.artifacts,
			people,
			memory: orchestrator.memories.desk,
			languageModels: models,
			backlogs,
			agents: orchestrator.agents.desk,
			a2a,
			schedules: orchestrator.schedules.desk,
			skills,
			workflows: orchestrator.workflows.desk,
			workflowLanguage: async () => (await import('./open-workflows.ts')).openWorkflowLanguage(),
			mcp,
			catalogue,
			cluster,
			readiness: () =>
				readinessOf({ storeFull: ports.storeFull(), trouble: base.trouble(), frontends: frontends.states() }),
			authenticator,
			origins,
			gates,
			streams,
			retried: new RetriedRequests(base.shortMemory),
			links,
			metrics,
			platformWebhooks: webhooks,
			loginEnded: (login) => web.endLogin(login),
			pageDir: config.pageDir,
			clock,
			log,
		}),
	);
	io.attach(http);
	const stopServing = stopperOf({ http, io, streams, log });

	try {
		await base.start(orchestrator.runs);
		await spooling?.drain();
		await listen(http, config);
		if (role === 'gateway') await frontends.start({ name: 'web', open: async () => web }, { vital: true });
	} catch (error) {
		await base.stopJobs(0);
		await base.close();
		throw error;
	}
	const { port } = listening();
	const url = `http://${config.host === '0.0.0.0' || config.host === '::' ? 'localhost' : bracketed(config.host)}:${port}`;
	await base.publish(url);
	// One after the other in the background: a platform that is slow to answer keeps nobody waiting.
	const connected = Promise.all(chats.map((chat) => frontends.start(chat)));
	const resumed = orchestrator.resume().then(
		(streamCount) => log.info('work resumed', { streams: streamCount, ms: clock.now() - startedAt }),
		(error: unknown) => log.error('work not resumed', { error }),
	);
	const forgotten = people
		.resume()
		.catch((error: unknown) => log.error('people not forgotten to the end; the next start goes on', { error }));
	const cleaned = resumed
		.then(() => base.cleanUp(orchestrator))
		.catch((error: unknown) => log.warn('clean-up failed', { error }));

	let stopped: Promise<void> | undefined;
	const stop = async (reason: string) => {
		await Promise.all([stopServing(reason), mcp.stop()]);
		await frontends.stop();
		presence.stop();
		// One that hangs in its start is left to the end of the process.
		await Promise.race([connected, wait(CONNECT_MS, undefined, { ref: false })]);
		await Promise.all([cleaned, forgotten]);
		await base.stopJobs(DRAIN_MS);
		spooling?.stop();
		await orchestrator.stop();
		people.stop();
		await base.close();
	};
	return {
		url,
		has: base.words,
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
