import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type FolderLock, lockAbandoned, lockFolder } from '@errand/core/adapters/files/folder-lock.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import { openWorkerPorts, type WorkerPorts } from '@errand/core/infrastructure/open-worker-ports.ts';
import { readRelease } from '@errand/core/infrastructure/release.ts';
import { MODEL_SERVICE } from '@errand/core/models/remote/model-service.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { RegisteredWorker, WorkerOrder } from '@errand/core/ports/worker-registry.ts';
import type { WorkerConfig } from './config.ts';
import { type HealthServer, openHealthServer } from './health/health-server.ts';
import { workerHealth } from './health/worker-health.ts';
import { workerMetrics } from './health/worker-metrics.ts';
import { openWorkers } from './open-workers.ts';
import { chosenCapabilities } from './services/chosen-capabilities.ts';
import { findServices } from './services/find-services.ts';
import { remoteModels } from './services/remote-models.ts';
import { openSources } from './tools/open-sources.ts';

/** WorkerOptions is what a worker process is made of besides its configuration. */
export interface WorkerOptions {
	readonly config: WorkerConfig;
	readonly log: ILogger;
	readonly catalogue: readonly ICapability[];
	/** The module that exports the same catalogue, for handler children to load. */
	readonly catalogueUrl: string;
	/** It was told to finish what runs and exit. */
	readonly onDrain: () => void;
}

/** RunningWorker is a worker process that takes jobs. */
export interface RunningWorker {
	readonly name: string;
	/** Where it says how it is, if anywhere. */
	readonly port: number | undefined;
	/** Takes nothing more, lets what runs end in time, gives back the rest; a second call waits for the first. */
	stop(): Promise<void>;
}

/** startWorker builds everything by hand, in order, and begins to take jobs. Rejects with CoreError when it cannot start. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
	const { config, log, catalogueUrl, onDrain } = options;
	const { dataDir, allowPrivateHosts, concurrency, pool } = config;
	const startedAt = Date.now();
	const release = readRelease();
	const name = `${config.name ?? hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
	const place = takePlace(join(config.localDir, 'workers'), name);
	try {
		const ports = await openWorkerPorts({ ...config, localDir: place.folder, worker: name, log });
		const models = await remoteModels(ports.services);
		const found = await findServices(config, { clock: ports.clock, models: async () => models });
		const catalogue = chosenCapabilities(options.catalogue, { ...config, found });
		const { queue, reports } = ports.jobs(() => workers.catalogue.list());
		// A worker for some capabilities has those, and what modules bring that it was given.
		const sources = await openSources({
			...{
				tools: config.tools,
				mcpVariables: config.mcpVariables,
				modulesOnly: config.capabilities !== undefined,
				programs: () => ports.programs(),
			},
			...{ dataDir, localDir: place.folder, cacheDir: config.localDir, allowPrivateHosts, clock: ports.clock, log },
		});
		const workers = openWorkers({
			...{ ...ports, ...found, sources, catalogue, catalogueUrl, dataDir, allowPrivateHosts, queue },
			...{ worker: name, localDir: place.folder, cacheDir: config.localDir, maxChildren: concurrency },
			// Others hear at once when it drains or backs off.
			heartbeat: { everyMs: 60_000, publish: () => beat?.beatNow() },
		});
		const describe = (): RegisteredWorker => ({
			...workers.status(),
			...{ host: hostname(), pid: process.pid, release, startedAt, pool },
			declared: announced.digest(),
			...{ slots: workers.slots, paused: workers.paused, sessions: ports.sessionLeases.held() },
		});
		const obey = (order: WorkerOrder) => {
			log.info('ordered', { order });
			if (order === 'drain') return onDrain();
			if (order === 'pause') workers.pause();
			else workers.resume();
		};
		let beat: ReturnType<WorkerPorts['beat']> | undefined;
		workers.start(reports);
		const announced = ports.announce({ catalogue: workers.catalogue, sources }, () => beat?.beatNow());
		beat = ports.beat(describe, obey);
		let health: HealthServer | undefined;
		let stopped: Promise<void> | undefined;
		const stopWatching = ports.services.watch(({ name: service }) => {
			if (service === MODEL_SERVICE) workers.servicesChanged();
		});
		const stop = async () => {
			stopWatching();
			announced.stop();
			await workers.stop({ drainMs: config.drainMs });
			await beat.stop();
			health?.close();
			models.model.stop();
			await ports.close();
			place.leave();
		};
		const running = {
			name,
			stop: () => {
				stopped ??= stop();
				return stopped;
			},
		};
		try {
			await beat.start();
			if (config.port !== undefined) {
				const metrics = workerMetrics({ describe, runCounts: () => workers.runCounts() });
				const seen = () => ({ ...workers.status(), paused: workers.paused, redisReachable: ports.redisReachable() });
				health = await openHealthServer({
					host: config.host,
					port: config.port,
					health: () => workerHealth(seen()),
					metrics,
				});
			}
		} catch (error) {
			await running.stop();
			throw error;
		}
		return { ...running, port: health?.port };
	} catch (error) {
		place.leave();
		throw error;
	}
}

/** A folder that only this process uses, which goes with it. What killed workers left on this machine goes now. */
function takePlace(root: string, name: string): { readonly folder: string; leave(): void } {
	for (const { folder, lock } of lockAbandoned(root)) remove(folder, lock);
	// One that starts at the same moment may take a new folder for an abandoned one.
	for (let attempt = 0; attempt < 10; attempt++) {
		const folder = join(root, `${name}.${attempt}`);
		const lock = lockFolder(folder);
		if (lock !== undefined) return { folder, leave: () => remove(folder, lock) };
	}
	throw new CoreError('internal', `Cannot take a folder in ${root}: other processes are in the way.`, {
		hint: 'Start the worker again.',
	});
}

function remove(folder: string, lock: FolderLock): void {
	lock.release();
	rmSync(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
}
