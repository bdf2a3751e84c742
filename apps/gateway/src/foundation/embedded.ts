import { join } from 'node:path';
import { InProcessPeerCalls } from '@errand/core/adapters/in-process/in-process-peer-calls.ts';
import { InProcessShortMemory } from '@errand/core/adapters/in-process/in-process-short-memory.ts';
import { openEmbedded } from '@errand/core/infrastructure/open-embedded.ts';
import { openEmbedder } from '@errand/core/models/embeddings/open-embedder.ts';
import { serveModels } from '@errand/core/models/remote/model-service.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import { openWorkers } from '@errand/workers/open-workers.ts';
import { openSources } from '@errand/workers/tools/open-sources.ts';
import { LoginCodes } from '../auth/login-codes.ts';
import { LoginSessions } from '../auth/login-sessions.ts';
import { ownerToken } from '../auth/owner-token.ts';
import { cleanUp } from '../clean-up.ts';
import type { Config } from '../config.ts';
import { LinkSigner } from '../links/link-signer.ts';
import { embeddedCluster } from './embedded-cluster.ts';
import type { Foundation } from './foundation.ts';
import { type ModelCare, openServices } from './open-services.ts';

/** FoundationOptions is what a foundation is made from. */
export interface FoundationOptions {
	readonly config: Config;
	readonly log: ILogger;
	readonly catalogue: readonly ICapability[];
	/** The module that exports the same catalogue, for handler children to load. */
	readonly catalogueUrl: string;
	/** Which model a person wants, and who hears how models are. */
	readonly modelCare: ModelCare;
}

/** openEmbeddedFoundation takes the data directory and runs everything in this process. */
export async function openEmbeddedFoundation(options: FoundationOptions): Promise<Foundation> {
	const { config, log, catalogue, catalogueUrl } = options;
	const { dataDir, allowPrivateHosts } = config;
	const ports = await openEmbedded({ dataDir, log });
	const { clock, ledger, services } = ports;
	const { models, found } = await openServices(options, ports);
	const { router } = models;
	const stopServing = router && serveModels(services, router);
	const embedder = openEmbedder({ choice: config.models?.embeddings, model: router, dataDir, clock, log });
	const sources = await openSources({ ...config, clock, log });
	const workers = openWorkers({ ...ports, ...found, catalogue, catalogueUrl, sources, dataDir, allowPrivateHosts });
	return {
		ports,
		leases: ports.leases,
		words: found.words,
		router,
		ledger,
		embedder,
		peers: new InProcessPeerCalls(),
		note: (name) => ports.note(name),
		offer: workers.offer,
		sources,
		sessions: workers.sessions,
		cluster: embeddedCluster({ workers, queue: ports.queue, startedAt: clock.now() }),
		ownerToken: ownerToken(dataDir, config.token),
		logins: await LoginSessions.open(join(dataDir, 'sessions.json'), clock, log),
		loginCodes: new LoginCodes(clock),
		cookie: undefined,
		links: LinkSigner.open(join(dataDir, 'links.key')),
		shortMemory: new InProcessShortMemory(() => clock.now()),
		outage: undefined,
		joinSockets: () => {},
		measure: () => {},
		trouble: () => undefined,
		start: async (runs) => workers.start(runs),
		publish: (url) => ports.claim.publish(url),
		cleanUp: (orchestrator) => cleanUp({ orchestrator, workers, ports }),
		stopJobs: (drainMs) => workers.stop({ drainMs }),
		close: async () => {
			stopServing?.();
			await Promise.all([models.stop(), embedder.stop()]);
			ports.close();
		},
	};
}
