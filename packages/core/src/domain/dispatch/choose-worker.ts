import { type AbleWorker, canTake } from './able-worker.ts';
import { LoadSinceBeat } from './load-since-beat.ts';
import { type Belief, beliefsOf, differ, type Exchange, meanTime, sampledTime } from './time-to-success.ts';
import type { RunFigures, WorkerStats } from './worker-stats.ts';

/** ChooseWorker names the worker that a job goes to, or nobody: then the capability's shared queue has it, for whoever is free first. */
export type ChooseWorker = (ask: {
	readonly capability: string;
	readonly able: readonly AbleWorker[];
	readonly random: () => number;
}) => string | undefined;

interface Options extends Partial<Exchange> {
	readonly stats: WorkerStats;
	/** Ms since 1970. */
	readonly now: () => number;
	/** Versions below which a worker's capability does not suit, by capability, as they are now. */
	readonly versions?: Pick<ReadonlyMap<string, number>, 'get'> | undefined;
}

interface Known {
	readonly at: number;
	readonly able: readonly AbleWorker[];
	/** Those of them that suit. */
	readonly fit: readonly AbleWorker[];
	readonly beliefs: ReadonlyMap<string, Belief>;
	readonly differ: boolean;
	/** The expected time to success on the best of them. */
	readonly least: number;
}

/** Beliefs are made anew this often (ms); what a single run adds to them in between hardly matters. */
const REFRESH_MS = 100;
/** Of many free workers so many are looked at, drawn at random: among 16 there is one of the best fifth, save once in forty times. */
const MOST_CONSIDERED = 16;
/** Those whose sampled time is at most so much longer than the shortest are as good: the least busy of them is taken. */
const AS_GOOD = 1.25;
/** A worker whose places are nearly all taken is taken to be half as slow again as an idle one. */
const SLOWDOWN = 0.5;
/** A worker this many times slower to succeed than the best is left to the shared queue: to name it gains nothing. */
const TOO_POOR = 3;

/**
 * WorkerChoice chooses by what it learned. A job in the shared queue goes to whoever is free first, which nothing can beat
 * while workers are alike: a named worker's queue may stand behind a long job. So it names one only where all of this holds:
 *
 * - workers with this capability differ by more than chance and by enough (`differ`);
 * - the one named has a place free now, counting what was sent there since its last heartbeat;
 * - it does not do far worse than the best, busy or not.
 *
 * Among those with a free place it is Thompson sampling (Thompson 1933; with decaying counts, so that workers that change are
 * found out: Raj and Kalyani 2017) over the time to success, longer the more of its places are taken: see `timeToSuccess`.
 * Of those whose samples are about as good the least busy is named, and of those the one that was longest not, so that luck
 * early on does not decide who works.
 */
export class WorkerChoice {
	readonly #stats: WorkerStats;
	readonly #now: () => number;
	readonly #versions: Pick<ReadonlyMap<string, number>, 'get'>;
	readonly #exchange: Exchange;
	readonly #loads = new LoadSinceBeat();
	readonly #known = new Map<string, Known>();

	constructor({
		stats,
		now,
		versions = new Map<string, number>(),
		microUsdPerSecond = 500,
		retryWaitMs = 1_000,
	}: Options) {
		this.#stats = stats;
		this.#now = now;
		this.#versions = versions;
		this.#exchange = { microUsdPerSecond, retryWaitMs };
	}

	readonly choose: ChooseWorker = ({ capability, able, random }) => {
		const known = this.#knownOf(capability, able);
		if (!known.differ) return undefined;
		const free = known.fit.filter((worker) => this.#loads.freePlaces(worker, capability) > 0);
		const best = this.#best(capability, known, someOf(free, random), random);
		if (best === undefined) return undefined;
		this.#loads.sent(best, capability);
		return best;
	};

	/** A run began; `choose` counts it until the worker's next heartbeat does. */
	started({ worker, capability }: { readonly worker: string; readonly capability: string }): void {
		this.#loads.started(worker, capability);
	}

	/** A run ended: with an output (`ok`), or with a failure that is its worker's rather than the input's. */
	ended(figures: RunFigures): void {
		this.#loads.ended(figures.worker, figures.capability);
		this.#stats.record(figures, this.#now());
	}

	/** A run ended in a way that says nothing about its worker: it asked, was cancelled, or its input was wrong. */
	released({ worker, capability }: { readonly worker: string; readonly capability: string }): void {
		this.#loads.ended(worker, capability);
	}

	#best(capability: string, known: Known, free: readonly AbleWorker[], random: () => number): string | undefined {
		const sampled = free.flatMap((worker) => {
			const belief = known.beliefs.get(worker.worker);
			if (belief === undefined) return [];
			const places = worker.capabilities.find(({ name }) => name === capability)?.concurrency ?? 1;
			const busy = 1 - this.#loads.freePlaces(worker, capability) / places;
			const time = sampledTime(belief, this.#exchange, 1 + SLOWDOWN * busy, random);
			return [{ worker: worker.worker, busy, time }];
		});
		const shortest = Math.min(...sampled.map(({ time }) => time));
		if (shortest > TOO_POOR * known.least) return undefined;
		const asGood = sampled.filter(({ time }) => time <= AS_GOOD * shortest);
		const lastNamed = (worker: string) => this.#loads.lastSent(worker, capability);
		const [first, ...others] = asGood;
		return others.reduce((best, other) => {
			if (best === undefined || other.busy < best.busy) return other;
			return other.busy === best.busy && lastNamed(other.worker) < lastNamed(best.worker) ? other : best;
		}, first)?.worker;
	}

	#knownOf(capability: string, able: readonly AbleWorker[]): Known {
		const now = this.#now();
		const before = this.#known.get(capability);
		const fresh = before !== undefined && Math.abs(now - before.at) < REFRESH_MS;
		// A registry gives the same list until something changes.
		if (fresh && before.able === able) return before;
		const fit = able.filter((worker) => canTake(worker, capability, this.#versions.get(capability)));
		const known: Known =
			fresh && fit.every(({ worker }) => before.beliefs.has(worker))
				? { ...before, able, fit }
				: { at: now, able, fit, ...this.#learned(capability, fit, now) };
		this.#known.set(capability, known);
		return known;
	}

	#learned(capability: string, fit: readonly AbleWorker[], now: number): Pick<Known, 'beliefs' | 'differ' | 'least'> {
		const tallies = fit.map(({ worker }) => this.#stats.tally(capability, worker, now));
		const beliefs = beliefsOf(tallies, this.#exchange);
		return {
			beliefs: new Map(beliefs.map((belief, index) => [fit[index]?.worker ?? '', belief])),
			differ: differ(beliefs, this.#exchange),
			least: Math.min(...beliefs.map((belief) => meanTime(belief, this.#exchange))),
		};
	}
}

/** A part of the workers, drawn by chance without a second of any. */
function someOf(workers: readonly AbleWorker[], random: () => number): readonly AbleWorker[] {
	if (workers.length <= MOST_CONSIDERED) return workers;
	const drawn = [...workers];
	for (let index = 0; index < MOST_CONSIDERED; index++) {
		const other = index + Math.floor(random() * (drawn.length - index));
		const [one, two] = [drawn[index], drawn[other]];
		if (one !== undefined && two !== undefined) [drawn[index], drawn[other]] = [two, one];
	}
	return drawn.slice(0, MOST_CONSIDERED);
}
