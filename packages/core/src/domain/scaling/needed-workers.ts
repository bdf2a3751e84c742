import type { CapabilityDemand, PoolLoad } from './pool-load.ts';
import type { PoolRules } from './pool-rules.ts';

/** Outlook is what the policy has learned about a pool so far. */
export interface Outlook {
	/** What a worker takes from its order to its first heartbeat. */
	readonly startMs: number;
	/** How many jobs a second the pool's work grows by, by capability; below 0 where it shrinks. */
	readonly growth: ReadonlyMap<string, number>;
}

/**
 * neededWorkers says how many workers the jobs that exist now call for: enough places for what runs and keeps coming, and for
 * what waits to start within the target. Never more than those jobs could fill.
 */
export function neededWorkers(load: PoolLoad, rules: PoolRules, outlook: Outlook): number {
	const workers = load.capabilities.map((demand) => {
		const places = neededPlaces(demand, load, rules, outlook);
		return { places, workers: places / demand.perWorker };
	});
	const together = workers.reduce((sum, { places }) => sum + places, 0) / rules.concurrency;
	// What is a hair above a whole number is the sum's rounding.
	return Math.ceil(Math.max(together, ...workers.map((each) => each.workers), 0) - 1e-9);
}

function neededPlaces(demand: CapabilityDemand, load: PoolLoad, rules: PoolRules, outlook: Outlook): number {
	const { waiting, running, oldestWaitMs, perWorker, serviceMs } = demand;
	if (waiting === 0) return running;
	const all = running + waiting;
	const places = (load.live + load.starting) * perWorker;
	const target = rules.targetWaitMs;
	// Nothing is known of these jobs yet: a few workers find it out.
	if (serviceMs === undefined) return Math.min(all, Math.max(running, rules.growBy * perWorker));

	const late = oldestWaitMs > target && load.starting === 0;
	if (places > 0 && !late && (waiting * serviceMs) / places <= target * COMFORT) return running;

	// A worker ordered now only meets what still waits when it comes, and is worth it if that lasts as long as its start.
	const growth = outlook.growth.get(demand.name) ?? 0;
	const arrivals = Math.max(0, running / serviceMs + growth / 1_000);
	const soon = (load.live + load.starting / 2) * perWorker;
	const left = Math.max(0, waiting + (arrivals - soon / serviceMs) * outlook.startMs);
	const toKeepUp = arrivals * serviceMs;
	const toCatchUp = (left * serviceMs) / Math.max(target * MARGIN, outlook.startMs);
	const atLeast = late ? load.live * perWorker + 1 : Math.max(1, running);
	return Math.min(all, Math.max(toKeepUp, toCatchUp, atLeast));
}

/** Of the target: who will start within this share of it waits well enough. */
const COMFORT = 0.5;
/** Of the target: what a growing pool aims for. */
const MARGIN = 0.7;
