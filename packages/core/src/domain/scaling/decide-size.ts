import { neededWorkers, type Outlook } from './needed-workers.ts';
import type { CapabilityDemand, PoolLoad } from './pool-load.ts';
import type { PoolRules } from './pool-rules.ts';
import { countOf, NO_STARTS, noteArrivals, noteOrder, type Starts } from './starts.ts';

/** SizeReason is why a pool has the size it has. */
export type SizeReason =
	| 'by-hand'
	| 'below-min'
	| 'above-max'
	| 'jobs-wait'
	| 'at-max'
	| 'just-grew'
	| 'starts-fail'
	| 'enough'
	| 'not-calm-yet'
	| 'just-shrank'
	| 'calm';

/** PoolState is what the policy remembers of a pool between two looks. */
export interface PoolState {
	/** When the first look was. */
	readonly since: number;
	readonly starts: Starts;
	/** What was needed lately, each value standing for the time from its own moment on; the largest in the calm time counts. */
	readonly needs: readonly { readonly at: number; readonly workers: number }[];
	readonly seenAt: number;
	/** Jobs of each capability at the last look, how they grow a second, smoothed, and what one takes. */
	readonly jobs: ReadonlyMap<string, JobsSeen>;
	readonly grewAt: number;
	readonly shrankAt: number;
}

/** JobsSeen is what the policy remembers of one capability's jobs. */
interface JobsSeen {
	readonly count: number;
	readonly growth: number;
	readonly serviceMs: number | undefined;
}

/** SizeDecision is how many workers a pool should have, starting ones included and draining ones not. */
export interface SizeDecision {
	readonly desired: number;
	/** Workers that are there or on their way. */
	readonly have: number;
	readonly reason: SizeReason;
	/** What the jobs of this moment call for. */
	readonly needed: number;
	readonly state: PoolState;
}

/** Look is what a decision is made from; `fixed` is the size an owner asked for. */
export interface Look {
	readonly load: PoolLoad;
	readonly rules: PoolRules;
	readonly now: number;
	readonly fixed?: number | undefined;
}

/**
 * decideSize decides how many workers a pool should have now. It grows at once when jobs would wait longer than they should,
 * in bounded steps, and shrinks only after fewer workers were enough for a whole calm time, so that it does not sway.
 */
export function decideSize(look: Look, before: PoolState | undefined): SizeDecision {
	const { rules, now, fixed } = look;
	const seen = observe(look, before ?? fresh(look));
	// Of what the platform shows beyond the registered, only what was ordered is still coming; the rest may be on its way out.
	const load: PoolLoad = {
		...look.load,
		starting: countOf(seen.starts.orders),
		capabilities: look.load.capabilities.map((demand) => ({
			...demand,
			serviceMs: demand.serviceMs ?? seen.jobs.get(demand.name)?.serviceMs,
		})),
	};
	const have = load.live + load.starting;
	const outlook: Outlook = {
		// Who has not come yet takes at least this long.
		startMs: Math.max(seen.starts.startMs, now - (seen.starts.orders[0]?.at ?? now)),
		growth: new Map([...seen.jobs].map(([name, { growth }]) => [name, growth])),
	};
	const needed = neededWorkers(load, rules, outlook);
	const state = { ...seen, needs: remember(seen.needs, { at: now, workers: needed }, now - rules.calmMs) };
	const { desired, reason } =
		fixed === undefined ? followLoad({ look, needed, state, have }) : obey({ look, fixed, have, state });
	if (desired > have) {
		return {
			desired,
			have,
			reason,
			needed,
			state: { ...state, grewAt: now, starts: noteOrder(state.starts, desired - have, now) },
		};
	}
	return { desired, have, reason, needed, state: desired < have ? { ...state, shrankAt: now } : state };
}

interface Situation {
	readonly look: Look;
	readonly needed: number;
	readonly state: PoolState;
	readonly have: number;
}

function followLoad({ look, needed, state, have }: Situation): Pick<SizeDecision, 'desired' | 'reason'> {
	const { rules, now } = look;
	if (have > rules.max) return { desired: rules.max, reason: 'above-max' };
	const wanted = Math.min(rules.max, Math.max(rules.min, needed));
	if (wanted > have) {
		if (now < state.starts.retryAt) return { desired: have, reason: 'starts-fail' };
		if (have > 0 && now - state.grewAt < rules.growEveryMs) return { desired: have, reason: 'just-grew' };
		const step = state.starts.failures > 0 ? 1 : Math.max(rules.growBy, have);
		const desired = Math.min(wanted, have + step);
		return { desired, reason: have < rules.min ? 'below-min' : 'jobs-wait' };
	}
	if (needed > rules.max) return { desired: have, reason: 'at-max' };
	const kept = Math.max(rules.min, ...state.needs.map(({ workers }) => workers));
	if (kept >= have) return { desired: have, reason: wanted < have ? 'not-calm-yet' : 'enough' };
	if (now - state.since < rules.calmMs) return { desired: have, reason: 'not-calm-yet' };
	if (now - state.shrankAt < rules.shrinkEveryMs) return { desired: have, reason: 'just-shrank' };
	return { desired: Math.max(kept, Math.floor(have / 2)), reason: 'calm' };
}

/** An owner's word needs no steps; only workers that fail to start are not ordered again and again. */
function obey({ look, fixed, have, state }: Pick<Situation, 'look' | 'have' | 'state'> & { fixed: number }) {
	const fails = fixed > have && look.now < state.starts.retryAt;
	return { desired: fails ? have : fixed, reason: fails ? ('starts-fail' as const) : ('by-hand' as const) };
}

function fresh({ load, now }: Look): PoolState {
	const orders = load.starting > 0 ? [{ at: now, count: load.starting }] : [];
	const long = Number.NEGATIVE_INFINITY;
	return {
		since: now,
		starts: { ...NO_STARTS, orders },
		needs: [],
		seenAt: now,
		jobs: new Map(),
		grewAt: long,
		shrankAt: long,
	};
}

function observe({ load, rules, now }: Look, before: PoolState): PoolState {
	const { joined, starting } = load;
	const starts = noteArrivals(before.starts, { joined, starting, now, startWithinMs: rules.startWithinMs });
	const seconds = (now - before.seenAt) / 1_000;
	const weight = 1 - Math.exp(-seconds / GROWTH_MEMORY_S);
	const jobs = new Map<string, JobsSeen>();
	for (const demand of load.capabilities) {
		const { name, waiting, running } = demand;
		const count = waiting + running;
		const last = before.jobs.get(name) ?? { count, growth: 0, serviceMs: undefined };
		const growth = seconds > 0 ? last.growth + ((count - last.count) / seconds - last.growth) * weight : last.growth;
		const served = servedMs(demand, load.live) ?? last.serviceMs;
		const serviceMs = served === undefined ? undefined : (last.serviceMs ?? served) * (1 - weight) + served * weight;
		jobs.set(name, { count, growth, serviceMs });
	}
	return { ...before, starts, jobs, seenAt: now };
}

/** What a job takes, by Little's law, where nobody says it: while one waits, as many come as wait, and as many are served. */
function servedMs({ serviceMs, waiting, oldestWaitMs, perWorker }: CapabilityDemand, live: number): number | undefined {
	if (serviceMs !== undefined) return serviceMs;
	return live === 0 || waiting === 0 ? undefined : Math.max(1, (live * perWorker * oldestWaitMs) / waiting);
}

/** Keeps falling values only: one that is not above a later one never counts again. Few remain, however long the calm time. */
function remember(needs: PoolState['needs'], need: PoolState['needs'][number], from: number): PoolState['needs'] {
	const lasting = needs.filter(({ workers }) => workers > need.workers);
	return [...lasting.filter(({ at }) => at >= from), need];
}

const GROWTH_MEMORY_S = 5;
