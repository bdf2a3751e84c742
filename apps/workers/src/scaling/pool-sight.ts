import { type CapabilityDemand, shareWaiting } from '@errand/core/domain/scaling/pool-load.ts';
import type { PoolRules } from '@errand/core/domain/scaling/pool-rules.ts';
import type { QueueDepth } from '@errand/core/ports/job-queue.ts';
import type { RegisteredWorker } from '@errand/core/ports/worker-registry.ts';

/** PoolSight is what is seen of one pool: its workers, and what they are asked to do. */
export interface PoolSight {
	readonly members: readonly RegisteredWorker[];
	/** Those that take jobs. */
	readonly serving: readonly RegisteredWorker[];
	readonly capabilities: readonly CapabilityDemand[];
}

/** Seen is what all pools are seen from. */
export interface Seen {
	readonly pools: ReadonlyMap<string, PoolRules>;
	readonly workers: readonly RegisteredWorker[];
	readonly depths: readonly QueueDepth[];
	/** Workers that were told to go. */
	readonly leaving: (worker: string) => boolean;
	/** What a job of a capability takes, where it is known. */
	readonly serviceMs: (capability: string) => number | undefined;
}

/** seePools gives each pool its workers and its share of what waits; jobs that workers outside all pools have room for are left to them. */
export function seePools({ pools, workers, depths, leaving, serviceMs }: Seen): ReadonlyMap<string, PoolSight> {
	const isServing = (worker: RegisteredWorker) =>
		worker.state !== 'SHUTDOWN' && !worker.paused && !leaving(worker.worker);
	const outside = workers.filter(
		(worker) => (worker.pool === undefined || !pools.has(worker.pool)) && isServing(worker),
	);
	const byPool = new Map(
		[...pools.keys()].map((name) => {
			const members = workers.filter(({ pool }) => pool === name);
			return [name, { members, serving: members.filter(isServing) }];
		}),
	);
	const left = depths.map(({ capability, waiting, oldestWaitMs }) => {
		const free = Math.max(0, placesFor(outside, capability) - runningOf(outside, capability));
		return { capability, waiting: Math.max(0, waiting - free), oldestWaitMs };
	});
	const shares = shareWaiting(
		left,
		[...pools].map(([name, { capabilities, concurrency, max }]) => {
			const serving = byPool.get(name)?.serving ?? [];
			return { name, capabilities, concurrency, max, running: sum(serving.map(({ running }) => running.length)) };
		}),
	);
	return new Map(
		[...pools].map(([name, rules]) => {
			const { members = [], serving = [] } = byPool.get(name) ?? {};
			const share = shares.get(name) ?? new Map<string, number>();
			const busy = serving.flatMap(({ running }) => running.map(({ capability }) => capability));
			const names = new Set([...busy, ...[...share].filter(([, waiting]) => waiting > 0).map(([each]) => each)]);
			const capabilities = [...names].map((capability): CapabilityDemand => {
				const waiting = share.get(capability) ?? 0;
				const oldest = left.find((depth) => depth.capability === capability)?.oldestWaitMs ?? 0;
				return {
					name: capability,
					waiting,
					running: runningOf(serving, capability),
					oldestWaitMs: waiting > 0 ? oldest : 0,
					perWorker: perWorkerOf(serving, capability, rules),
					serviceMs: serviceMs(capability),
				};
			});
			return [name, { members, serving, capabilities }];
		}),
	);
}

function runningOf(workers: readonly RegisteredWorker[], capability: string): number {
	return sum(workers.map(({ running }) => running.filter((job) => job.capability === capability).length));
}

function placesFor(workers: readonly RegisteredWorker[], capability: string): number {
	return sum(workers.map((worker) => worker.capabilities.find(({ name }) => name === capability)?.concurrency ?? 0));
}

/** As those that are there say it; before the first is there, as the pool is meant to be. */
function perWorkerOf(serving: readonly RegisteredWorker[], capability: string, { concurrency }: PoolRules): number {
	const able = serving.filter(({ capabilities }) => capabilities.some(({ name }) => name === capability));
	if (able.length === 0) return concurrency;
	return Math.max(1, Math.min(concurrency, placesFor(able, capability) / able.length));
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, each) => total + each, 0);
}
