import type { RedisLine } from '../adapters/redis/open-redis-line.ts';
import { SharedStats } from '../adapters/redis/shared-stats.ts';
import { type ChooseWorker, WorkerChoice } from '../domain/dispatch/choose-worker.ts';
import { WorkerStats } from '../domain/dispatch/worker-stats.ts';
import { LearningRunReports } from '../orchestrator/tasks/learning-run-reports.ts';
import type { IClock } from '../ports/clock.ts';
import type { IRunReports } from '../ports/job-queue.ts';
import type { ILogger } from '../ports/logger.ts';

/** Routing is the learned choice among workers of one process, which learns from what all of them record. */
export interface Routing {
	readonly choose: ChooseWorker;
	/** What a run of a capability takes on average, as far as that is known. */
	meanMs(capability: string): number | undefined;
	/** The same reports, from which the choice learns. */
	learning(runs: IRunReports): IRunReports;
	start(): Promise<void>;
	stop(): Promise<void>;
}

/** What a worker did this long ago weighs half. */
const HALF_LIFE_MS = 600_000;

/** openRouting builds the choice among workers; `catalogue` says which version of a capability jobs of this process need. */
export function openRouting(parts: {
	readonly line: RedisLine;
	readonly catalogue: { list(): readonly { readonly name: string; readonly version: number }[] };
	readonly clock: IClock;
	readonly log: ILogger;
}): Routing {
	const { line, catalogue, clock, log } = parts;
	const stats = new WorkerStats({ halfLifeMs: HALF_LIFE_MS });
	const choice = new WorkerChoice({ stats, versions: { get: versionsOf(catalogue) }, now: () => clock.now() });
	const shared = new SharedStats({ line, stats, clock, log });
	return {
		choose: choice.choose,
		meanMs: (capability) => stats.meanMs(capability, clock.now()),
		learning: (runs) => new LearningRunReports(runs, { choice, clock }),
		start: () => shared.start(),
		stop: () => shared.stop(),
	};
}

/** The version that jobs of this process need of a capability, as the catalogue stands. */
function versionsOf(catalogue: {
	list(): readonly { readonly name: string; readonly version: number }[];
}): (capability: string) => number | undefined {
	let known: readonly { readonly name: string; readonly version: number }[] | undefined;
	let versions: ReadonlyMap<string, number> = new Map();
	return (capability) => {
		const list = catalogue.list();
		if (list !== known) versions = new Map(list.map(({ name, version }) => [name, version]));
		known = list;
		return versions.get(capability);
	};
}
