import { join } from 'node:path';
import type { TaskId } from '@errand/core/domain/ids.ts';
import { LiveCatalogue } from '@errand/core/planning/live-catalogue.ts';
import type { ICapability } from '@errand/core/ports/capability.ts';
import type { ICapabilitySource } from '@errand/core/ports/capability-source.ts';
import type { IClock } from '@errand/core/ports/clock.ts';
import type { IEventBus } from '@errand/core/ports/event-bus.ts';
import type { IJobSource, IRunReports } from '@errand/core/ports/job-queue.ts';
import type { ILanguageModel } from '@errand/core/ports/language-model.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { IResultCache } from '@errand/core/ports/result-cache.ts';
import type { ISecretVault } from '@errand/core/ports/secret-vault.ts';
import type { ISessionLeases } from '@errand/core/ports/session-leases.ts';
import type { ISessionPool } from '@errand/core/ports/session-pool.ts';
import type { IWebSearch } from '@errand/core/ports/web-search.ts';
import type { WorkerStatus } from '@errand/core/ports/worker-registry.ts';
import { ChildPool } from './children/child-pool.ts';
import type { RunCounts } from './host/run-tally.ts';
import { WorkerHost, type WorkerHostOptions } from './host/worker-host.ts';
import { InlineRunner } from './runs/inline-runner.ts';
import { openRunResources } from './runs/run-resources.ts';
import { type Offer, offeredCatalogue } from './services/offered-catalogue.ts';
import type { HostServices } from './services/run-services.ts';
import { BrowserSessions } from './sessions/browser/browser-sessions.ts';
import { LeasedStates } from './sessions/browser/leased-states.ts';
import { Workspaces } from './sessions/workspaces.ts';
import { handlerModuleOf } from './tools/modules/module-capability.ts';

/** WorkersOptions is what a worker host and its children work with. */
export interface WorkersOptions {
	readonly catalogue: readonly ICapability[];
	/** What brings capabilities besides, and takes them away. */
	readonly sources?: readonly ICapabilitySource[] | undefined;
	/** The module that exports the same catalogue, for handler children to load. */
	readonly catalogueUrl: string;
	readonly dataDir: string;
	/** Folders for what only this process uses, and for what all of this machine may; the data directory where left out. */
	readonly localDir?: string | undefined;
	readonly cacheDir?: string | undefined;
	/** Names these workers in reports and heartbeats. */
	readonly worker?: string | undefined;
	readonly heartbeat?: WorkerHostOptions['heartbeat'];
	/** Places for handler children; by the machine's processors where left out. */
	readonly maxChildren?: number | undefined;
	/** Share the browsers of tasks with workers of other processes. */
	readonly sessionLeases?: ISessionLeases | undefined;
	readonly allowPrivateHosts: readonly string[];
	readonly model?: ILanguageModel | undefined;
	readonly search?: IWebSearch | undefined;
	/** The browser's program, where there is one. */
	readonly browserPath?: string | undefined;
	/** Keeps what browsers remember, where no leases do. */
	readonly vault?: ISecretVault | undefined;
	readonly cache: IResultCache;
	readonly queue: IJobSource;
	readonly bus: IEventBus;
	readonly clock: IClock;
	readonly log: ILogger;
}

/** Workers is one worker host with its handler children and its sessions. */
export interface Workers {
	readonly sessions: ISessionPool;
	/** What these workers can do with what they have. */
	readonly offer: Offer;
	/** What they can do now, with what sources bring. */
	readonly catalogue: LiveCatalogue<ICapability>;
	start(reports: IRunReports): void;
	status(): WorkerStatus;
	/** Whether they were told to take nothing new. */
	readonly paused: boolean;
	runCounts(): RunCounts;
	/** Places for handler children in all. */
	readonly slots: number;
	/** Take nothing new; go on. */
	pause(): void;
	resume(): void;
	/** A service that is offered elsewhere came or went. */
	servicesChanged(): void;
	/** Removes what sessions of tasks that are no longer open left behind. */
	sweep(isOpen: (task: TaskId) => Promise<boolean>): Promise<number>;
	stop(options: { drainMs: number }): Promise<void>;
}

/** openWorkers builds the workers of this process; they take jobs once started. */
export function openWorkers(options: WorkersOptions): Workers {
	const { catalogueUrl, dataDir, allowPrivateHosts, model, search, browserPath, clock, log } = options;
	const workspaces = new Workspaces(dataDir);
	const { sessionLeases, cacheDir = dataDir } = options;
	const states = sessionLeases && new LeasedStates(sessionLeases);
	const browsers = new BrowserSessions({ ...options, browserPath, states });
	sessionLeases?.start({
		closing: async (task) => {
			await Promise.all([browsers.closeAll(task), ...endTask(task)]);
		},
		lapsed: () => browsers.abandon(),
	});
	const services: HostServices = {
		// One that is asked elsewhere comes and goes.
		get model() {
			return model?.available === false ? undefined : model;
		},
		search,
		browser: browserPath === undefined ? undefined : browsers,
	};
	const offer = offeredCatalogue(options.catalogue, { ...services, model });
	const { sources = [] } = options;
	const catalogue = new LiveCatalogue(offer.catalogue, {
		missing: offer.missing,
		onRefused: (source, problem) => log.warn('capability refused', { source, problem }),
	});
	const leave = sources.map((source) => catalogue.add(source));
	const endTask = (task: TaskId, how?: { keepState: boolean }) => sources.map((source) => source.endTask(task, how));
	let builds = buildsIn(catalogue);
	catalogue.onChange(() => {
		const now = buildsIn(catalogue);
		// Children that have loaded a module keep its code.
		if (now !== builds) children.renew();
		builds = now;
		host?.offerChanged();
	});
	const resources = openRunResources({ dataDir, allowPrivateHosts });
	let host: WorkerHost | undefined;
	const children = new ChildPool({
		init: { catalogueUrl, dataDir, allowPrivateHosts },
		compileCacheDir: join(cacheDir, 'compile-cache'),
		...(options.maxChildren === undefined ? {} : { maxChildren: options.maxChildren }),
		clock,
		log,
		onFault: (message) => host?.fault(message),
	});
	const started = () => {
		if (host === undefined) throw new TypeError('The workers were not started.');
		return host;
	};
	const build = (reports: IRunReports) =>
		new WorkerHost({
			...options,
			catalogue,
			worker: options.worker ?? `local-${process.pid}`,
			reports,
			inline: new InlineRunner(resources, clock),
			children,
			services,
			leases: sessionLeases,
			openWorkspace: (task) => workspaces.open(task),
		});
	return {
		offer,
		catalogue,
		sessions: {
			closeAll: async (task, how) => {
				await Promise.all([browsers.closeAll(task, how), workspaces.closeAll(task, how), ...endTask(task, how)]);
			},
		},
		start: (reports) => {
			host = build(reports);
			host.start();
		},
		slots: children.maxChildren,
		get paused() {
			return host?.isPaused ?? false;
		},
		runCounts: () => host?.runCounts ?? [],
		status: () => started().status(),
		pause: () => started().pause(),
		resume: () => started().resume(),
		servicesChanged: () => host?.offerChanged(),
		sweep: async (isOpen) => (await browsers.sweep()) + (await workspaces.sweep(isOpen)),
		stop: async ({ drainMs }) => {
			await host?.stop({ drainMs });
			for (const stop of leave) stop();
			await Promise.all([children.stop(), browsers.stop(), ...sources.map((source) => source.stop())]);
			await sessionLeases?.stop();
		},
	};
}

/** The code of the modules that handlers come from. */
function buildsIn(catalogue: LiveCatalogue<ICapability>): string {
	return catalogue
		.list()
		.flatMap((capability) => handlerModuleOf(capability)?.code ?? [])
		.join();
}
