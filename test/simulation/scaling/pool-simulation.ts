import { chooseLeaving } from '@errand/core/domain/scaling/choose-leaving.ts';
import { decideSize, type PoolState } from '@errand/core/domain/scaling/decide-size.ts';
import type { PoolLoad } from '@errand/core/domain/scaling/pool-load.ts';
import type { PoolRules } from '@errand/core/domain/scaling/pool-rules.ts';
import type { Chance } from '../chance.ts';
import { VirtualTime } from '../virtual-time.ts';

/** SimulatedJob arrives at a time (ms) and takes so long; a poison one kills its worker each time, until it is given up. */
export interface SimulatedJob {
	readonly at: number;
	readonly serviceMs: number;
	readonly poison?: boolean;
}

/** Scenario is a load on one pool. */
export interface Scenario {
	readonly name: string;
	readonly jobs: readonly SimulatedJob[];
	readonly rules: PoolRules;
	/** What a worker takes to start, by chance from 0 to 1. */
	readonly startMs: (chance: number) => number;
	readonly chance: Chance;
	/** Whether the policy is told what jobs take. */
	readonly knowsService: boolean;
}

/** Outcome is what came of a scenario. Waits are ms, ascending. */
export interface Outcome {
	readonly done: number;
	readonly deadLettered: number;
	readonly waits: readonly number[];
	/** Most workers at once, and the most that jobs could have filled had each started at once. */
	readonly peak: number;
	readonly idealPeak: number;
	readonly workerSeconds: number;
	readonly idealWorkerSeconds: number;
	/** How often growing followed shrinking, or the other way round. */
	readonly turns: number;
	/** Times that more workers were ordered than the jobs there could fill. */
	readonly excessOrders: number;
	readonly left: number;
	/** The time between the last job's end and the last worker's. */
	readonly tailMs: number;
}

interface SimulatedWorker {
	readonly worker: string;
	readonly startedAt: number;
	readonly sessions: number;
	readonly jobs: Set<SimulatedJob>;
	running: number;
	isLive: boolean;
	isDraining: boolean;
}

const LOOK_EVERY_MS = 1_000;
/** A poison job is given up after it killed this many. */
const DEATHS = 3;

/** simulatePool runs a scenario in virtual time, a decision each second, until all is done and the pool is at rest. */
export function simulatePool(scenario: Scenario): Outcome {
	return new SimulatedPool(scenario).run();
}

class SimulatedPool {
	readonly #scenario: Scenario;
	readonly #time = new VirtualTime();
	#waiting: SimulatedJob[] = [];
	#head = 0;
	#workers: SimulatedWorker[] = [];
	readonly #deaths = new Map<SimulatedJob, number>();
	#arrived = 0;
	#open = 0;
	#state: PoolState | undefined;
	#joined = 0;
	#nextId = 0;
	#service = { sum: 0, weight: 0 };
	#lastDirection = 0;
	readonly #waits: number[] = [];
	readonly #seen = { done: 0, deadLettered: 0, peak: 0, turns: 0, excessOrders: 0 };
	#workerMs = 0;
	#lastEnd = 0;

	constructor(scenario: Scenario) {
		this.#scenario = scenario;
	}

	run(): Outcome {
		const { jobs, rules } = this.#scenario;
		this.#planArrival();
		this.#planLook();
		const giveUpAt = (jobs.at(-1)?.at ?? 0) + GIVE_UP_MS;
		const isOver = () => this.#arrived === jobs.length && this.#open === 0 && this.#workers.length <= rules.min;
		this.#time.run(() => isOver() || this.#time.now > giveUpAt);
		const ideal = idealOf(jobs, rules.concurrency);
		return {
			...this.#seen,
			waits: this.#waits.toSorted((a, b) => a - b),
			idealPeak: Math.min(rules.max, Math.max(rules.min, ideal.peak)),
			workerSeconds: this.#workerMs / 1_000,
			idealWorkerSeconds: ideal.workerMs / 1_000,
			left: this.#workers.length,
			tailMs: this.#time.now - this.#lastEnd,
		};
	}

	#planArrival(): void {
		const job = this.#scenario.jobs[this.#arrived];
		if (job === undefined) return;
		this.#time.after(job.at - this.#time.now, () => {
			this.#arrived++;
			this.#open++;
			this.#waiting.push(job);
			this.#assign();
			this.#planArrival();
		});
	}

	#planLook(): void {
		this.#time.after(LOOK_EVERY_MS, () => {
			this.#look();
			this.#planLook();
		});
	}

	#look(): void {
		const { rules, knowsService } = this.#scenario;
		const now = this.#time.now;
		const serving = this.#workers.filter(({ isDraining }) => !isDraining);
		const live = serving.filter(({ isLive }) => isLive);
		const running = live.reduce((sum, worker) => sum + worker.running, 0);
		const waiting = this.#waiting.length - this.#head;
		const oldest = this.#waiting[this.#head];
		const isKnown = knowsService && this.#service.weight > 0;
		const demand = {
			...{ name: 'work', waiting, running, perWorker: rules.concurrency },
			oldestWaitMs: oldest === undefined ? 0 : now - oldest.at,
			serviceMs: isKnown ? this.#service.sum / this.#service.weight : undefined,
		};
		const load: PoolLoad = {
			...{ capabilities: [demand], live: live.length, starting: serving.length - live.length, joined: this.#joined },
		};
		this.#joined = 0;
		const decision = decideSize({ load, rules, now }, this.#state);
		this.#state = decision.state;
		const fills = Math.ceil((waiting + running) / rules.concurrency);
		const grows = decision.desired > serving.length;
		if (grows && decision.desired > Math.max(rules.min, fills)) this.#seen.excessOrders++;
		this.#obey(decision.desired, serving, live);
		this.#dismiss();
		this.#seen.peak = Math.max(this.#seen.peak, this.#workers.length);
		this.#workerMs += this.#workers.length * LOOK_EVERY_MS;
	}

	#obey(desired: number, serving: readonly SimulatedWorker[], live: readonly SimulatedWorker[]): void {
		const direction = Math.sign(desired - serving.length);
		if (direction * this.#lastDirection < 0) this.#seen.turns++;
		if (direction !== 0) this.#lastDirection = direction;
		for (let more = desired - serving.length; more > 0; more--) this.#order();
		for (const worker of chooseLeaving(live, serving.length - desired)) worker.isDraining = true;
	}

	#order(): void {
		const { startMs, chance } = this.#scenario;
		const worker: SimulatedWorker = {
			...{ worker: `w${this.#nextId++}`, startedAt: this.#time.now, sessions: 0 },
			...{ jobs: new Set(), running: 0, isLive: false, isDraining: false },
		};
		this.#workers.push(worker);
		this.#time.after(startMs(chance()), () => {
			worker.isLive = true;
			this.#joined++;
			this.#assign();
		});
	}

	#assign(): void {
		const { concurrency } = this.#scenario.rules;
		for (let job = this.#waiting[this.#head]; job !== undefined; job = this.#waiting[this.#head]) {
			let best: SimulatedWorker | undefined;
			for (const worker of this.#workers) {
				if (!worker.isLive || worker.isDraining || worker.running >= concurrency) continue;
				if (best === undefined || worker.running < best.running) best = worker;
			}
			if (best === undefined) return;
			this.#head++;
			if (!this.#deaths.has(job)) this.#waits.push(this.#time.now - job.at);
			this.#start(job, best);
		}
		this.#waiting = [];
		this.#head = 0;
	}

	#start(job: SimulatedJob, worker: SimulatedWorker): void {
		worker.jobs.add(job);
		worker.running++;
		this.#time.after(job.serviceMs, () => {
			// It died with its worker meanwhile, and runs elsewhere.
			if (!worker.jobs.delete(job)) return;
			worker.running--;
			this.#lastEnd = this.#time.now;
			if (job.poison === true) this.#die(worker, job);
			else {
				this.#open--;
				this.#seen.done++;
				this.#service = { sum: this.#service.sum * MEMORY + job.serviceMs, weight: this.#service.weight * MEMORY + 1 };
			}
			this.#dismiss();
			this.#assign();
		});
	}

	#die(worker: SimulatedWorker, poison: SimulatedJob): void {
		this.#workers = this.#workers.filter((other) => other !== worker);
		const deaths = (this.#deaths.get(poison) ?? 0) + 1;
		this.#deaths.set(poison, deaths);
		const again = [...worker.jobs];
		worker.jobs.clear();
		for (const job of again) this.#deaths.set(job, this.#deaths.get(job) ?? 0);
		if (deaths < DEATHS) again.push(poison);
		else {
			this.#open--;
			this.#seen.deadLettered++;
		}
		this.#waiting = [...again, ...this.#waiting.slice(this.#head)];
		this.#head = 0;
	}

	#dismiss(): void {
		this.#workers = this.#workers.filter(({ isDraining, running }) => !isDraining || running > 0);
	}
}

const GIVE_UP_MS = 4 * 3_600_000;
/** Of what jobs took, at each further one. */
const MEMORY = 0.99;

/** What workers would have been filled at each moment had every job started as it came. */
function idealOf(jobs: readonly SimulatedJob[], concurrency: number): { peak: number; workerMs: number } {
	const changes = jobs
		.flatMap(({ at, serviceMs }) => [
			{ at, by: 1 },
			{ at: at + serviceMs, by: -1 },
		])
		.toSorted((a, b) => a.at - b.at || a.by - b.by);
	let [busy, peak, workerMs, last] = [0, 0, 0, 0];
	for (const { at, by } of changes) {
		workerMs += Math.ceil(busy / concurrency) * (at - last);
		busy += by;
		last = at;
		peak = Math.max(peak, Math.ceil(busy / concurrency));
	}
	return { peak, workerMs };
}
