import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { ICapability } from '@errand/core/ports/capability.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { ModelHealth } from '@errand/core/ports/model-view.ts';
import { OWNER } from './auth/authenticator.ts';
import { openAccess } from './composition/open-access.ts';
import { openChats } from './composition/open-chats.ts';
import { type Core, openCore } from './composition/open-core.ts';
import { openHttp } from './composition/open-http.ts';
import { openSockets } from './composition/open-sockets.ts';
import type { Config } from './config.ts';
import { openFoundation } from './foundation/open-foundation.ts';
import { HttpMetrics } from './http/metrics.ts';
import { loginLink } from './http/routes/login.ts';
import { TaskStreams } from './http/task-streams.ts';
import { listen } from './listen.ts';
import { ModelMetrics } from './metrics/model-metrics.ts';
import { stopperOf } from './shutdown.ts';

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

/** RunningServer is Errand, listening: alone, or one process of a cluster. */
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

/** startServer builds everything by hand, in order, and takes up unfinished work. Rejects with CoreError when it cannot start. */
export async function startServer({ config, log, role = 'gateway', ...code }: ServerOptions): Promise<RunningServer> {
	const modelMetrics = new ModelMetrics();
	const health = { tell: (_name: string, _health: ModelHealth) => {} };
	const base = await openFoundation({
		...{ config, log, ...code },
		modelCare: {
			pinOf: (person) => core.people.modelOf(person),
			counting: (ledger) => modelMetrics.counting(ledger),
			onHealth: (change) => health.tell(change.name, change.health),
		},
	});
	const { clock } = base.ports;
	const startedAt = clock.now();
	const core: Core = openCore({
		...{ config, base, log },
		frontend: (name) => chats.frontends.running(name),
		loginLink: (principal, from) =>
			loginLink(access.origins.address(), access.authenticator.issueCode(principal, { from: from.slice(0, 30) }).code),
		logOutAll: async ({ person }) => {
			const ended = await access.authenticator.logOutAll(person);
			for (const login of ended) loginEnded(login);
			return ended.length;
		},
		registry: () => metrics.registry,
	});
	const { orchestrator, people, spooling } = core;

	const http = createServer();
	const access = openAccess({ config, base, people, http });
	const streams = new TaskStreams(orchestrator.tasks);
	const { io, web } = openSockets({ base, core, access, log });
	const loginEnded = (login: string) => {
		web.endLogin(login);
		streams.closeLogin(login);
	};
	health.tell = (name, now) => web.tellOfModel(name, now);
	const metrics = new HttpMetrics({ streams: () => streams.count, sockets: () => io.sockets.sockets.size });
	base.measure(metrics.registry);
	modelMetrics.mount(metrics.registry, () => base.router?.views() ?? []);
	const chats = openChats({ config, base, core, registry: metrics.registry, log });
	const { app, mcp } = openHttp({ config, base, core, access, chats, streams, web, metrics, loginEnded, log });
	http.on('request', app);
	io.attach(http);
	const stopServing = stopperOf({ http, io, streams, log });

	const { frontends, configured, presence } = chats;

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
	const { port } = access.listening();
	const url = `http://${config.host === '0.0.0.0' || config.host === '::' ? 'localhost' : bracketed(config.host)}:${port}`;
	await base.publish(url);
	// One after the other in the background: a platform that is slow to answer keeps nobody waiting.
	const connected = Promise.all(configured.map((chat) => frontends.start(chat)));
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
		loginLink: () => `${url}/login#code=${access.authenticator.issueCode(OWNER, { from: 'server' }).code}`,
		stop: (reason) => {
			stopped ??= stop(reason);
			return stopped;
		},
	};
}

function bracketed(host: string): string {
	return host.includes(':') ? `[${host}]` : host;
}
