import { runTime, seeded, waitUntilNext } from '../chance.ts';
import { VirtualTime } from '../virtual-time.ts';
import { openPolicy, type PolicyName } from './policies.ts';

/** Nature is how a simulated worker does: its chance to succeed, and the mean time of a run. */
export interface Nature {
	readonly rate: number;
	readonly ms: number;
}

/** RoutingScenario is what happens to whom. */
export interface RoutingScenario {
	readonly workers: readonly Nature[];
	/** Natures from the middle of the run on, where they change. */
	readonly later?: readonly Nature[] | undefined;
	readonly jobs: number;
	/** Mean time between jobs. */
	readonly everyMs: number;
	readonly seed: number;
}

/** RoutingOutcome is how a policy did: shares of runs and of jobs that succeeded, and times (ms) from arrival to the end. */
export interface RoutingOutcome {
	readonly runsOk: number;
	readonly jobsOk: number;
	readonly times: readonly number[];
	/** Runs of each worker. */
	readonly runs: readonly number[];
	/** Share of dispatches that named a worker. */
	readonly named: number;
}

const PLACES = 4;
const BEAT_MS = 500;
/** As a step's retry policy: the waits after each attempt that failed; there is none after the fourth. */
const WAITS_MS = [1_000, 10_000, 100_000];

interface Job {
	readonly arrived: number;
	attempt: number;
}

class Worker {
	readonly index: number;
	readonly queue: Job[] = [];
	nature: Nature;
	running = 0;
	runs = 0;

	constructor(nature: Nature, index: number) {
		this.nature = nature;
		this.index = index;
	}
}

/**
 * simulateRouting runs one policy over a scenario in virtual time. Workers have four places; they take from their own queue
 * first and then from the shared one, whoever has been free for longest first. Heartbeats come twice a second; failed jobs
 * are tried again after 1, 10 and 100 s, and then given up.
 */
export function simulateRouting(name: PolicyName, scenario: RoutingScenario): RoutingOutcome {
	const { jobs, everyMs, seed, later } = scenario;
	const time = new VirtualTime();
	const [arrivals, luck, chance] = [seeded(seed), seeded(seed + 1), seeded(seed + 2)];
	const workers = scenario.workers.map((nature, index) => new Worker(nature, index));
	const policy = openPolicy(name, { workers: workers.length, places: PLACES, now: () => time.now, chance });
	const shared: Job[] = [];
	const free = new Set(workers);
	const times: number[] = [];
	const counts = { arrived: 0, dispatched: 0, named: 0, runs: 0, runsOk: 0, jobsOk: 0 };

	const take = (worker: Worker) => {
		while (worker.running < PLACES) {
			const job = worker.queue.shift() ?? shared.shift();
			if (job === undefined) break;
			worker.running++;
			worker.runs++;
			policy.started(worker.index);
			const ms = runTime(worker.nature.ms, luck);
			const ok = luck() < worker.nature.rate;
			time.after(ms, () => {
				worker.running--;
				policy.ended(worker.index, ok, ms);
				settle(job, ok);
				take(worker);
			});
		}
		free.delete(worker);
		if (worker.running < PLACES) free.add(worker);
	};
	const settle = (job: Job, ok: boolean) => {
		counts.runs++;
		if (ok) counts.runsOk++;
		const wait = WAITS_MS[job.attempt - 1];
		if (!ok && wait !== undefined) {
			job.attempt++;
			time.after(wait, () => dispatch(job));
			return;
		}
		if (ok) counts.jobsOk++;
		times.push(time.now - job.arrived);
	};
	const dispatch = (job: Job) => {
		counts.dispatched++;
		const chosen = workers[policy.next() ?? -1];
		if (chosen !== undefined) counts.named++;
		(chosen?.queue ?? shared).push(job);
		const [longestFree] = free;
		const taker = chosen ?? longestFree;
		if (taker !== undefined) take(taker);
	};
	const arrive = () => {
		if (++counts.arrived * 2 === jobs) for (const one of workers) one.nature = later?.[one.index] ?? one.nature;
		dispatch({ arrived: time.now, attempt: 1 });
		if (counts.arrived < jobs) time.after(waitUntilNext(everyMs, arrivals), arrive);
	};
	const beat = () => {
		policy.beat(workers.map(({ running }) => running));
		time.after(BEAT_MS, beat);
	};
	beat();
	arrive();
	time.run(() => times.length === jobs);
	return {
		runsOk: counts.runsOk / counts.runs,
		jobsOk: counts.jobsOk / jobs,
		times,
		runs: workers.map(({ runs }) => runs),
		named: counts.named / counts.dispatched,
	};
}
