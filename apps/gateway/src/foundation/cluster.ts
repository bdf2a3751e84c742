import { BullJobQueue } from '@errand/core/adapters/bullmq/bull-job-queue.ts';
import { RunReportInbox } from '@errand/core/adapters/bullmq/run-report-inbox.ts';
import { RedisPeerCalls } from '@errand/core/adapters/redis/redis-peer-calls.ts';
import { RedisSessionPool } from '@errand/core/adapters/redis/redis-session-pool.ts';
import { RedisShortMemory } from '@errand/core/adapters/redis/redis-short-memory.ts';
import { textSeal } from '@errand/core/adapters/sealing/text-seal.ts';
import type { ClusterVariables } from '@errand/core/infrastructure/environment.ts';
import { openCluster } from '@errand/core/infrastructure/open-cluster.ts';
import { openDeclaredSource } from '@errand/core/infrastructure/open-declared-source.ts';
import { openRouting } from '@errand/core/infrastructure/open-routing.ts';
import { openEmbedder } from '@errand/core/models/embeddings/open-embedder.ts';
import { serveModels } from '@errand/core/models/remote/model-service.ts';
import { ClusterDesk } from '@errand/core/orchestrator/cluster/cluster-desk.ts';
import { LiveCatalogue } from '@errand/core/planning/live-catalogue.ts';
import type { ICapabilitySource } from '@errand/core/ports/capability-source.ts';
import { openScaling } from '@errand/workers/scaling/open-scaling.ts';
import { offeredCatalogue } from '@errand/workers/services/offered-catalogue.ts';
import { SharedSessions } from '@errand/workers/sessions/shared-sessions.ts';
import { createAdapter } from '@socket.io/redis-streams-adapter';
import { ownerToken } from '../auth/owner-token.ts';
import { SharedLogins } from '../auth/shared-logins.ts';
import { SignedCodes } from '../auth/signed-codes.ts';
import { LinkSigner } from '../links/link-signer.ts';
import { measureQueues } from '../scaling/queue-metrics.ts';
import { ScalingMetrics } from '../scaling/scaling-metrics.ts';
import type { FoundationOptions } from './embedded.ts';
import type { Foundation } from './foundation.ts';
import { openServices } from './open-services.ts';

const DAY_MS = 86_400_000;

/** openClusterFoundation makes this process one of many: history in Postgres, jobs for workers elsewhere over Redis. */
export async function openClusterFoundation(
	options: FoundationOptions & { readonly cluster: ClusterVariables },
): Promise<Foundation> {
	const { config, log, catalogue, cluster: variables } = options;
	const { dataDir } = config;
	const cluster = await openCluster({ ...variables, dataDir, log });
	const { line, clock, registry, self, keys, vault, services, ledger } = cluster;
	const { models, found } = await openServices(options, cluster);
	const { router } = models;
	// Whoever has no keys asks here.
	const stopServing = router && serveModels(services, router);
	// Vectors are kept by each process for itself.
	const embedder = openEmbedder({ choice: config.models?.embeddings, model: router, dataDir: undefined, clock, log });
	// Which pages a worker can open is for it to know.
	const offer = offeredCatalogue(catalogue, { ...found, browser: true });
	const shortMemory = new RedisShortMemory(line);
	const browsers = new RedisSessionPool(line);
	const sessions = new SharedSessions({ browsers, dataDir });
	const sources: readonly ICapabilitySource[] = [await openDeclaredSource({ line, registry, log })];
	const live = new LiveCatalogue(offer.catalogue, { missing: offer.missing });
	for (const source of sources) live.add(source);
	const routing = openRouting({ line, catalogue: live, clock, log });
	const queue = new BullJobQueue({
		...{ line, registry, places: browsers, catalogue: live },
		...{ choose: routing.choose, self, seal: textSeal(keys('jobs')), clock, log },
	});
	const inbox = new RunReportInbox({
		...{ line, self, log },
		onEnded: (jobId) => queue.settled(jobId),
		answer: (run) => queue.answer(run),
	});
	const depths = () => queue.depths();
	const scalingMetrics = new ScalingMetrics();
	const scaling =
		config.scaling.ERRAND_SCALING === undefined
			? undefined
			: openScaling({
					...{ config: config.scaling.ERRAND_SCALING, flyToken: config.scaling.FLY_API_TOKEN },
					...{ cluster: variables.cluster, environment: config.environment },
					...{ registry, depths, leases: cluster.leases, note: (name) => cluster.note(name) },
					...{ serviceMs: (name) => routing.meanMs(name), observer: scalingMetrics, clock, log },
				});
	let stopInbox: (() => void | Promise<void>) | undefined;
	return {
		ports: { ...cluster, queue },
		leases: cluster.leases,
		words: found.words,
		router,
		ledger,
		embedder,
		peers: new RedisPeerCalls({ line, log }),
		note: (name) => cluster.note(name),
		offer,
		sources,
		sessions,
		cluster: new ClusterDesk({ registry, depths, pools: scaling }),
		ownerToken:
			config.token ??
			(variables.secretKey === undefined ? ownerToken(dataDir, undefined) : keys('owner token').toString('base64url')),
		logins: new SharedLogins(vault, clock),
		loginCodes: new SignedCodes(keys('login codes'), shortMemory, clock),
		cookie: 'errand',
		links: new LinkSigner(keys('links').toString('hex')),
		shortMemory,
		outage: {
			spool: cluster.spool,
			reachable: () => !cluster.unreachable().includes('Postgres'),
			onBack: (listener) => cluster.onHistoryBack(listener),
		},
		joinSockets: (io) => void io.adapter(createAdapter(line.connect('sockets'), line.keys.sockets)),
		measure: (metrics) => {
			measureQueues(metrics, { depths, workers: () => registry.list() });
			scalingMetrics.mount(metrics);
		},
		trouble: () => {
			const away = cluster.unreachable();
			if (away.length === 0) return undefined;
			return {
				message: `${away.join(' and ')} cannot be reached from here.`,
				hint: 'Look whether it runs, and at the network in between; work goes on by itself once it answers.',
			};
		},
		start: async (runs) => {
			await routing.start();
			await queue.start();
			stopInbox = inbox.serve(routing.learning(runs));
			scaling?.start();
		},
		// Clients find a cluster by its public address.
		publish: async () => {},
		cleanUp: async (orchestrator) => {
			const workspaces = await sessions.sweep((task) => orchestrator.isOpen(task));
			const files = await cluster.artifacts.collectOrphans(clock.now() - DAY_MS, async (id, { task }) => {
				return task === undefined || (await orchestrator.refersTo(task, id));
			});
			if (workspaces + files > 0) log.info('cleaned up', { workspaces, files });
		},
		stopJobs: async () => {
			await scaling?.stop();
			await queue.stop();
			await stopInbox?.();
			await routing.stop();
			await Promise.all(sources.map((source) => source.stop()));
			await cluster.homes.stop();
		},
		close: async () => {
			stopServing?.();
			await Promise.all([models.stop(), embedder.stop()]);
			await cluster.close();
		},
	};
}
