import { chooseLeaving } from '@errand/core/domain/scaling/choose-leaving.ts';
import { decideSize, type PoolState, type SizeDecision } from '@errand/core/domain/scaling/decide-size.ts';
import type { PoolLoad } from '@errand/core/domain/scaling/pool-load.ts';
import type { PoolRules } from '@errand/core/domain/scaling/pool-rules.ts';

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
	readonly random: () => number;
	/** Whether the policy is told what jobs take. */
	readonly knowsService: boolean;
}

/** Outcome is what came of a scenario. Waits are ms, without the time in which no worker had started. */
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
	/** Jobs that were still running on a worker when it was taken away. */
	readonly cutOff: number;
	readonly left: number;
	/** The time between the last job's end and the last worker's. */
	readonly tailMs: number;
}

interface SimulatedWorker {
	readonly worker: string;
	readonly startedAt: number;
	readonly liveAt: number;
	readonly sessions: number;
	running: number;
	draining: boolean;
	dead: boolean;
}

interface Running {
	readonly endsAt: number;
	readonly job: SimulatedJob;
	readonly worker: SimulatedWorker;
}

const TICK_MS = 1_000;
/** A poison job is given up after it killed this many. */
const DEATHS = 3;

/** simulatePool runs a scenario in virtual time, a decision each second, until all is done and the pool is at rest. */
export function simulatePool(scenario: Scenario): Outcome {
	const pool = new SimulatedPool(scenario);
	return pool.run();
}

class SimulatedPool {
	readonly #scenario: Scenario;
	readonly #waiting: SimulatedJob[] = [];
	#head = 0;
	readonly #running = new RunningHeap();
	#workers: SimulatedWorker[] = [];
	readonly #deaths = new Map<SimulatedJob, number>();
	#now = 0;
	#state: PoolState | undefined;
	#joined = 0;
	#nextId = 0;
	#service = { sum: 0, weight: 0 };
	readonly #waits: number[] = [];
	#lastDirection = 0;
	readonly #seen = { done: 0, deadLettered: 0, peak: 0, workerMs: 0, turns: 0, excessOrders: 0, cutOff: 0, lastEnd: 0 };

	constructor(scenario: Scenario) {
		this.#scenario = scenario;
	}

	run(): Outcome {
		const { jobs, rules } = this.#scenario;
		const calm = 2 * rules.calmMs + 20 * rules.shrinkEveryMs;
		const lastArrival = jobs.at(-1)?.at ?? 0;
		let next = 0;
		let restSince = Number.POSITIVE_INFINITY;
		for (; this.#now < lastArrival + 4 * 3_600_000; this.#now += TICK_MS) {
			for (let job = jobs[next]; job !== undefined && job.at < this.#now; job = jobs[++next]) {
				this.#endUntil(job.at);
				this.#waiting.push(job);
				this.#assign(job.at);
			}
			this.#endUntil(this.#now);
			this.#arrive();
			this.#assign(this.#now);
			this.#tick();
			const busy = next < jobs.length || this.#queued > 0 || this.#running.size > 0;
			if (busy) restSince = Number.POSITIVE_INFINITY;
			else restSince = Math.min(restSince, this.#now);
			if (!busy && (this.#workers.length === rules.min || this.#now - restSince > calm)) break;
		}
		const ideal = idealOf(jobs, rules.concurrency);
		return {
			...this.#seen,
			waits: this.#waits.toSorted((a, b) => a - b),
			idealPeak: Math.min(rules.max, Math.max(rules.min, ideal.peak)),
			workerSeconds: this.#seen.workerMs / 1_000,
			idealWorkerSeconds: ideal.workerMs / 1_000,
			left: this.#workers.length,
			tailMs: this.#now - this.#seen.lastEnd,
		};
	}

	get #queued(): number {
		return this.#waiting.length - this.#head;
	}

	#tick(): void {
		const { rules, knowsService } = this.#scenario;
		const serving = this.#workers.filter(({ draining }) => !draining);
		const live = serving.filter(({ liveAt }) => liveAt <= this.#now);
		const running = live.reduce((sum, worker) => sum + worker.running, 0);
		const waiting = this.#queued;
		const oldest = this.#waiting[this.#head];
		const known = knowsService && this.#service.weight > 0;
		const load: PoolLoad = {
			capabilities: [
				{
					name: 'work',
					waiting,
					running,
					oldestWaitMs: oldest === undefined ? 0 : this.#now - oldest.at,
					perWorker: rules.concurrency,
					serviceMs: known ? this.#service.sum / this.#service.weight : undefined,
				},
			],
			live: live.length,
			starting: serving.length - live.length,
			joined: this.#joined,
		};
		this.#joined = 0;
		const decision = decideSize({ load, rules, now: this.#now }, this.#state);
		this.#state = decision.state;
		const fills = Math.ceil((waiting + running) / rules.concurrency);
		if (decision.desired > serving.length && decision.desired > Math.max(rules.min, fills)) this.#seen.excessOrders++;
		this.#obey(decision, serving, live);
		this.#workers = this.#workers.filter(({ draining, running: busy }) => !draining || busy > 0);
		this.#seen.peak = Math.max(this.#seen.peak, this.#workers.length);
		this.#seen.workerMs += this.#workers.length * TICK_MS;
	}

	#obey({ desired }: SizeDecision, serving: readonly SimulatedWorker[], live: readonly SimulatedWorker[]): void {
		const direction = Math.sign(desired - serving.length);
		if (direction !== 0 && this.#lastDirection !== 0 && direction !== this.#lastDirection) this.#seen.turns++;
		if (direction !== 0) this.#lastDirection = direction;
		for (let more = desired - serving.length; more > 0; more--) {
			const liveAt = this.#now + this.#scenario.startMs(this.#scenario.random());
			const worker = `w${this.#nextId++}`;
			this.#workers.push({
				worker,
				startedAt: this.#now,
				liveAt,
				sessions: 0,
				running: 0,
				draining: false,
				dead: false,
			});
		}
		for (const worker of chooseLeaving(live, serving.length - desired)) worker.draining = true;
	}

	#arrive(): void {
		this.#joined += this.#workers.filter(({ liveAt }) => liveAt <= this.#now && liveAt > this.#now - TICK_MS).length;
	}

	#endUntil(now: number): void {
		for (let run = this.#running.first; run !== undefined && run.endsAt <= now; run = this.#running.first) {
			this.#running.removeFirst();
			if (run.worker.dead) continue;
			run.worker.running--;
			if (run.job.poison === true) this.#die(run);
			else {
				this.#seen.done++;
				this.#service.sum = this.#service.sum * 0.99 + run.job.serviceMs;
				this.#service.weight = this.#service.weight * 0.99 + 1;
			}
			this.#seen.lastEnd = run.endsAt;
			this.#assign(run.endsAt);
		}
	}

	#die(poisoned: Running): void {
		const { worker, job } = poisoned;
		worker.dead = true;
		this.#workers = this.#workers.filter((other) => other !== worker);
		const deaths = (this.#deaths.get(job) ?? 0) + 1;
		this.#deaths.set(job, deaths);
		const lost = this.#running.all.filter((run) => run.worker === worker).map((run) => run.job);
		if (deaths >= DEATHS) this.#seen.deadLettered++;
		else lost.push(job);
		this.#waiting.splice(0, this.#head, ...[]);
		this.#head = 0;
		this.#waiting.unshift(...lost);
	}

	#assign(now: number): void {
		const { concurrency } = this.#scenario.rules;
		while (this.#head < this.#waiting.length) {
			let best: SimulatedWorker | undefined;
			for (const worker of this.#workers) {
				if (worker.draining || worker.liveAt > now || worker.running >= concurrency) continue;
				if (best === undefined || worker.running < best.running) best = worker;
			}
			const job = this.#waiting[this.#head];
			if (best === undefined || job === undefined) return;
			this.#head++;
			best.running++;
			if (!this.#deaths.has(job)) this.#waits.push(now - job.at);
			this.#running.add({ endsAt: now + job.serviceMs, job, worker: best });
			if (this.#head > 10_000) this.#waiting.splice(0, this.#head);
			if (this.#head > 10_000) this.#head = 0;
		}
	}
}

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

/** RunningHeap hands out what ends first. */
class RunningHeap {
	readonly all: Running[] = [];

	get size(): number {
		return this.all.length;
	}

	get first(): Running | undefined {
		return this.all[0];
	}

	add(run: Running): void {
		const { all } = this;
		let at = all.length;
		all.push(run);
		while (at > 0) {
			const up = (at - 1) >> 1;
			const parent = all[up];
			if (parent === undefined || parent.endsAt <= run.endsAt) break;
			all[at] = parent;
			at = up;
		}
		all[at] = run;
	}

	removeFirst(): void {
		const { all } = this;
		const last = all.pop();
		if (last === undefined || all.length === 0) return;
		let at = 0;
		for (;;) {
			let down = 2 * at + 1;
			const [left, right] = [all[down], all[down + 1]];
			if (left === undefined) break;
			const smaller = right !== undefined && right.endsAt < left.endsAt ? right : left;
			if (smaller === right) down++;
			if (smaller.endsAt >= last.endsAt) break;
			all[at] = smaller;
			at = down;
		}
		all[at] = last;
	}
}
