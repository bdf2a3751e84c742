import type { AbleWorker } from '@errand/core/domain/dispatch/able-worker.ts';
import { asPersonId, asStepId, asTaskId, type StepId, type TaskId } from '@errand/core/domain/ids.ts';
import { DEFAULT_BUDGET } from '@errand/core/domain/task/budget.ts';
import type { TaskCommand } from '@errand/core/domain/task/commands.ts';
import { decide } from '@errand/core/domain/task/decide.ts';
import { pendingWork } from '@errand/core/domain/task/pending-work.ts';
import type { PlannedStep } from '@errand/core/domain/task/plan.ts';
import type { TaskState } from '@errand/core/domain/task/state.ts';
import { runTime, seeded, waitUntilNext } from '../chance.ts';
import { VirtualTime } from '../virtual-time.ts';
import type { ClusterOutcome, ClusterSize } from './cluster-outcome.ts';
import { ClusterTroubles, RENEW_MS } from './cluster-troubles.ts';
import { CAPABILITY, SimulatedGateway } from './simulated-gateway.ts';
import { asWorker, nodeIndex, PLACES, SimulatedNode, type SimulatedRun, tokenOf } from './simulated-node.ts';
import { type QueuedJob, SimulatedQueue } from './simulated-queue.ts';

const RUN_MS = 200;
const LOAD = 0.6;
const STEPS = 3;
const PEOPLE = 200;
const SLOW_FACTOR = 5;
const FLAKY = 0.01;
/** As Errand sets them: see docs/decisions.md. */
const WORKER_TTL_MS = 1_500;
const BEAT_MS = 500;
const RESEND_MS = 700;
const HOP_MS = 1;
const PATIENCE_MS = 300_000;

interface Task {
	readonly id: TaskId;
	readonly person: string;
	state: TaskState;
	home: SimulatedGateway;
	readonly completed: Set<StepId>;
}

/**
 * SimulatedCluster is N workers and some gateways in virtual time. What a task owes, which outcomes count, when jobs are
 * released and to whom is decided by the real rules (`decide`, `pendingWork`, `admissible`, `ReleaseLine`, `WorkerChoice`);
 * the queue, the network, Postgres and Redis are models: they do what those promise, an operation takes a millisecond a hop,
 * and they themselves do not fail.
 */
class SimulatedCluster {
	readonly #size: ClusterSize;
	readonly #time = new VirtualTime();
	readonly #queue = new SimulatedQueue();
	readonly #tasks = new Map<TaskId, Task>();
	readonly #nodes: readonly SimulatedNode[];
	readonly #gateways: SimulatedGateway[];
	readonly #free: Set<SimulatedNode>;
	readonly #luck: () => number;
	#able: readonly AbleWorker[] = [];
	#slots = 0;
	#submitted = 0;
	#lastAt = 0;
	#done = 0;
	#failed = 0;
	#recordedTwice = 0;
	#runs = 0;
	#refused = 0;
	readonly #troubles: ClusterTroubles;
	readonly #counts = { appends: 0, renewals: 0, messages: 0, beats: 0, recordsRead: 0 };
	readonly #failovers: number[] = [];
	readonly #failoversOfNamed: number[] = [];
	readonly #waits: number[] = [];

	constructor(size: ClusterSize) {
		this.#size = size;
		this.#luck = seeded(size.seed);
		this.#nodes = Array.from({ length: size.nodes }, (_, index) => new SimulatedNode(index));
		this.#free = new Set(this.#nodes);
		this.#gateways = Array.from({ length: size.gateways }, (_, index) => this.#newGateway(index));
		this.#troubles = new ClusterTroubles({
			...{ time: this.#time, queue: this.#queue, nodes: this.#nodes, gateways: this.#gateways },
			chance: seeded(size.seed + 1),
			isOver: () => this.#submitted >= size.tasks,
			lost: (node) => this.#free.delete(node),
			take: (node) => this.#take(node),
			wake: (job) => this.#wake(job),
			adoptAllOf: (dead) => {
				for (const task of this.#tasks.values()) if (task.home === dead) this.#adopt(task);
			},
			restartGateway: (index) => {
				this.#gateways[index] = this.#newGateway(index);
			},
		});
	}

	run(): ClusterOutcome {
		this.#beat();
		this.#submitNext();
		this.#troubles.begin();
		// Whatever is open so long after the last task came would never end.
		this.#time.run(() => this.#done + this.#failed === this.#size.tasks || this.#time.now > this.#lastAt + PATIENCE_MS);
		return {
			done: this.#done,
			failed: this.#failed,
			open: this.#size.tasks - this.#done - this.#failed,
			recordedTwice: this.#recordedTwice,
			runs: this.#runs,
			refused: this.#refused,
			...this.#troubles.counts,
			failovers: this.#failovers,
			failoversOfNamed: this.#failoversOfNamed,
			adoptions: this.#troubles.adoptions,
			waits: this.#waits,
			evenRuns: this.#nodes.filter((node) => node.untroubled).map((node) => node.runs),
			operations: { ...this.#counts, queue: this.#queue.operations },
			virtualMs: this.#time.now,
		};
	}

	// Tasks.

	#submitNext(): void {
		const everyMs = (RUN_MS * STEPS) / (this.#size.nodes * PLACES * LOAD);
		const number = this.#submitted++;
		this.#lastAt = this.#time.now;
		const id = asTaskId(`t${number}`);
		const person = `p${Math.floor(this.#luck() * PEOPLE)}`;
		const task: Task = { id, person, state: undefined, home: this.#someGateway(), completed: new Set() };
		this.#tasks.set(id, task);
		const submission = { goal: 'Do it', person: asPersonId(person), attachments: [], approve: false };
		const plan = { by: 'person', steps: CHAIN };
		this.#tell(task, {
			type: 'SubmitTask',
			at: this.#time.now,
			taskId: id,
			budget: DEFAULT_BUDGET,
			...submission,
			plan,
		});
		if (this.#submitted < this.#size.tasks) {
			this.#time.after(waitUntilNext(everyMs, this.#luck), () => this.#submitNext());
		}
	}

	/** One append; false if the command was refused. */
	#tell(task: Task, command: TaskCommand): boolean {
		const decision = decide(task.state, command);
		if (!decision.ok) return false;
		task.state = decision.state;
		if (decision.facts.length > 0) this.#counts.appends++;
		for (const fact of decision.facts) {
			if (fact.type !== 'StepCompleted') continue;
			if (task.completed.has(fact.data.stepId)) this.#recordedTwice++;
			task.completed.add(fact.data.stepId);
		}
		// The facts go out on the bus once, whoever listens.
		this.#counts.messages++;
		this.#drive(task);
		return true;
	}

	/** The home carries out what the task owes. */
	#drive(task: Task): void {
		const { state, home } = task;
		if (!home.alive || state === undefined || !this.#tasks.has(task.id)) return;
		if (state.end !== undefined) {
			this.#tasks.delete(task.id);
			if (state.end.status === 'done') this.#done++;
			else this.#failed++;
			return;
		}
		for (const work of pendingWork(state, this.#time.now)) {
			if (work.kind === 'wait') this.#time.after(work.until - this.#time.now, () => this.#drive(task));
			if (work.kind !== 'run' || work.started) continue;
			const id = `${task.id}.${work.stepId}.${work.attempt}`;
			if (home.knows(id)) continue;
			if (this.#queue.holds(id)) home.found(id);
			else home.enqueue(this.#newJob(task, id, work.stepId, work.attempt), task.person);
		}
		this.#pump(home);
	}

	#newJob(task: Task, id: string, stepId: string, attempt: number): QueuedJob {
		const nobody = { queue: undefined, holder: undefined, lostAt: undefined, wasNamed: false };
		return { id, task: task.id, stepId, attempt, releasedAt: this.#time.now, run: 0, ...nobody };
	}

	#pump(home: SimulatedGateway): void {
		const releasers = this.#gateways.filter(({ alive }) => alive).length;
		home.pump({ slots: this.#slots, releasers, able: this.#able }, (job) => {
			this.#queue.add(job);
			this.#wake(job);
		});
	}

	// Runs.

	#wake(job: QueuedJob): void {
		const [longestFree] = this.#free;
		const node = job.queue === undefined ? longestFree : this.#nodes[nodeIndex(job.queue)];
		if (node === undefined) return;
		// The next job wakes the next one.
		if (this.#free.delete(node)) this.#free.add(node);
		this.#time.after(HOP_MS, () => this.#take(node));
	}

	/** Takes one job, and the next one a hop later: meanwhile others take theirs. */
	#take(node: SimulatedNode): void {
		if (!node.alive || node.cut) return;
		const job = node.running.size < PLACES ? this.#queue.take(node.worker) : undefined;
		if (job !== undefined) this.#start({ job, run: job.run, node, worker: node.worker });
		if (node.running.size === PLACES) {
			this.#free.delete(node);
			return;
		}
		// Who waits already keeps the place in line: an end of a run does not change it.
		this.#free.add(node);
		if (job !== undefined && this.#queue.waiting(node.worker)) this.#time.after(HOP_MS, () => this.#take(node));
	}

	#start(run: SimulatedRun): void {
		const { job, node } = run;
		node.running.add(run);
		node.runs++;
		this.#runs++;
		if (job.lostAt !== undefined) {
			(job.wasNamed ? this.#failoversOfNamed : this.#failovers).push(this.#time.now - job.lostAt);
		} else if (job.run === 1) this.#waits.push(this.#time.now - job.releasedAt);
		job.lostAt = undefined;
		this.#report(run, (task) => {
			const wanted = this.#tell(task, { type: 'StartStep', at: this.#time.now, ...tokenOf(run), worker: run.worker });
			if (wanted) task.home.choice.started({ worker: run.worker, capability: CAPABILITY });
			else this.#refused++;
			const slow = node.slowUntil > this.#time.now ? SLOW_FACTOR : 1;
			const ms = wanted ? runTime(RUN_MS * slow, this.#luck) : 0;
			this.#counts.renewals += Math.floor(ms / RENEW_MS);
			this.#time.after(ms, () => this.#end(run, wanted, ms));
		});
	}

	#end(run: SimulatedRun, wanted: boolean, ms: number): void {
		const { job, node, worker } = run;
		const isHere = () => node.alive && node.worker === worker;
		if (!isHere()) return;
		const free = () => {
			node.running.delete(run);
			this.#take(node);
		};
		if (!wanted) return free();
		const ok = this.#luck() >= FLAKY;
		this.#report(run, (task) => {
			const token = { at: this.#time.now, ...tokenOf(run), worker };
			const jitter = this.#luck();
			const output = { kind: 'value', value: job.id } as const;
			const recorded = ok
				? this.#tell(task, { type: 'CompleteStep', ...token, output, origins: [] })
				: this.#tell(task, { type: 'FailStep', ...token, failure: FAILURE, jitter });
			if (recorded) {
				task.home.choice.ended({ worker, capability: CAPABILITY, ok, ms, microUsd: 0 });
				this.#queue.complete(job.id);
				task.home.over(job.id);
				this.#pump(task.home);
			} else this.#refused++;
			if (isHere()) free();
		});
	}

	/** A report goes to the task's home; without an answer in time, to any gateway. A worker that is cut off repeats it. */
	#report(run: SimulatedRun, deliver: (task: Task) => void): void {
		this.#counts.messages += 2;
		const task = this.#tasks.get(run.job.task);
		const { node, worker } = run;
		const send = () => {
			if (!node.alive || node.worker !== worker) return;
			if (node.cut) return this.#time.after(RESEND_MS, send);
			// A task that has ended by another run refuses what comes late.
			if (task !== undefined && this.#tasks.has(task.id)) return deliver(task);
			this.#refused++;
			node.running.delete(run);
			this.#take(node);
		};
		if (task === undefined || task.home.alive) return this.#time.after(2 * HOP_MS, send);
		this.#counts.messages += 2;
		this.#time.after(RESEND_MS + 2 * HOP_MS, send);
	}

	// Losses.

	#abandon(worker: string): void {
		this.#queue.abandon(worker);
		for (const node of [...this.#free]) {
			if (!this.#queue.waiting(node.worker)) return;
			this.#take(node);
		}
	}

	#adopt(task: Task): void {
		task.home = this.#someGateway();
		for (const work of pendingWork(task.state, this.#time.now)) {
			if (work.kind !== 'run' || !work.started) continue;
			const id = `${task.id}.${work.stepId}.${work.attempt}`;
			if (this.#queue.holds(id)) task.home.found(id);
		}
		this.#drive(task);
	}

	#someGateway(): SimulatedGateway {
		const living = this.#gateways.filter(({ alive }) => alive);
		const chosen = living[Math.floor(this.#luck() * living.length)];
		if (chosen === undefined) throw new Error('All gateways are gone at once; the simulation keeps one alive.');
		return chosen;
	}

	#newGateway(index: number): SimulatedGateway {
		return new SimulatedGateway({ name: `gateway-${index}`, now: () => this.#time.now, chance: this.#luck });
	}

	/** All workers beat and all gateways read it; who has not beaten for a while is dead to them. */
	#beat(): void {
		const { now } = this.#time;
		const beating = this.#nodes.filter((node) => node.alive && !node.cut);
		const known = this.#nodes.filter((node) => (node.alive && !node.cut) || now - node.diedAt < WORKER_TTL_MS);
		const gone = new Set(this.#able.map(({ worker }) => worker));
		this.#able = known.map((node) => asWorker(node, now));
		for (const { worker } of this.#able) gone.delete(worker);
		this.#slots = known.length * PLACES;
		const gateways = this.#gateways.filter(({ alive }) => alive);
		// What few tasks wait for at the end, when nothing else comes, would count for all.
		if (this.#submitted < this.#size.tasks) {
			this.#counts.beats += beating.length;
			this.#counts.recordsRead += beating.length * gateways.length;
		}
		for (const worker of gone) this.#abandon(worker);
		for (const gateway of gateways) this.#pump(gateway);
		this.#time.after(BEAT_MS, () => this.#beat());
	}
}

/** simulateCluster runs tasks of three steps on a cluster with troubles until all have ended. */
export function simulateCluster(size: ClusterSize): ClusterOutcome {
	return new SimulatedCluster(size).run();
}

const FAILURE = { kind: 'retryable', code: 'fetch-failed', message: 'The page did not answer.' } as const;

const CHAIN: readonly PlannedStep[] = Array.from({ length: STEPS }, (_, index) => ({
	id: asStepId(`s${index}`),
	title: `Step ${index}`,
	capability: CAPABILITY,
	input: {},
	dependsOn: index === 0 ? [] : [asStepId(`s${index - 1}`)],
	essential: true,
	retry: { maxAttempts: 4, waitsMs: [1_000, 10_000, 100_000] },
	timeoutMs: 30_000,
	effects: 'none',
}));
