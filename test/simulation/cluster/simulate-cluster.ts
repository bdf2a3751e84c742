import type { AbleWorker } from '@errand/core/domain/dispatch/able-worker.ts';
import { asPersonId, asStepId, asTaskId, type StepId, type TaskId } from '@errand/core/domain/ids.ts';
import { DEFAULT_BUDGET } from '@errand/core/domain/task/budget.ts';
import type { RunToken, TaskCommand } from '@errand/core/domain/task/commands.ts';
import { decide } from '@errand/core/domain/task/decide.ts';
import { pendingWork } from '@errand/core/domain/task/pending-work.ts';
import type { PlannedStep } from '@errand/core/domain/task/plan.ts';
import type { TaskState } from '@errand/core/domain/task/state.ts';
import { runTime, seeded, waitUntilNext } from '../chance.ts';
import { VirtualTime } from '../virtual-time.ts';
import { CAPABILITY, SimulatedGateway } from './simulated-gateway.ts';
import { type QueuedJob, SimulatedQueue } from './simulated-queue.ts';

/** ClusterSize is how much of everything there is. */
export interface ClusterSize {
	readonly nodes: number;
	readonly gateways: number;
	readonly tasks: number;
	readonly seed: number;
}

/** ClusterOutcome is what came of it. Times are ms; counts are of the whole run. */
export interface ClusterOutcome {
	readonly done: number;
	readonly failed: number;
	readonly open: number;
	/** Steps whose completion stands in history more than once. */
	readonly recordedTwice: number;
	readonly runs: number;
	/** Outcomes and starts that history refused, because a later run held the step. */
	readonly refused: number;
	readonly crashes: number;
	readonly slowdowns: number;
	readonly partitions: number;
	readonly gatewayCrashes: number;
	/** From a crash, or from the cut of a partition, to the start of the job elsewhere: of jobs in the shared queue. */
	readonly failovers: readonly number[];
	/** The same of jobs that were in the queue of the worker lost: those wait until the registry takes it for dead. */
	readonly failoversOfNamed: readonly number[];
	/** From a gateway's crash until another drives its tasks. */
	readonly adoptions: readonly number[];
	/** From release to start, of first starts. */
	readonly waits: readonly number[];
	/** Runs of each node that nothing happened to. */
	readonly evenRuns: readonly number[];
	readonly operations: {
		readonly appends: number;
		readonly queue: number;
		readonly renewals: number;
		readonly messages: number;
		readonly beats: number;
		/** Heartbeats that gateways read: each reads every worker's. */
		readonly recordsRead: number;
	};
	readonly virtualMs: number;
}

const PLACES = 4;
const RUN_MS = 200;
const LOAD = 0.6;
const STEPS = 3;
const PEOPLE = 200;
/** Mean time between two troubles of one kind on one node, and of one gateway. */
const TROUBLE_EVERY_MS = 500_000;
const GATEWAY_TROUBLE_EVERY_MS = 60_000;
const RESTART_MS = 5_000;
const SLOW = { factor: 5, ms: 10_000 };
const CUT_MS = 3_000;
const FLAKY = 0.01;
/** As Errand sets them: see docs/decisions.md. */
const LOCK_MS = 500;
const RENEW_MS = 150;
const STALLED_CHECK_MS = 200;
const WORKER_TTL_MS = 1_500;
const BEAT_MS = 500;
const HOME_LEASE_MS = 1_200;
const ADOPT_EVERY_MS = 300;
const RESEND_MS = 700;
const HOP_MS = 1;
const PREFIX = 'worker-';
const PATIENCE_MS = 300_000;

interface Task {
	readonly id: TaskId;
	readonly person: string;
	state: TaskState;
	home: SimulatedGateway;
	readonly completed: Set<StepId>;
}

interface Run {
	readonly job: QueuedJob;
	readonly run: number;
	readonly node: Node;
	readonly worker: string;
}

class Node {
	readonly index: number;
	readonly running = new Set<Run>();
	/** Another one after each start. */
	worker: string;
	alive = true;
	cut = false;
	slowUntil = 0;
	runs = 0;
	untroubled = true;
	diedAt = Number.NEGATIVE_INFINITY;

	constructor(index: number) {
		this.index = index;
		this.worker = `${PREFIX}${index}`;
	}
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
	readonly #nodes: readonly Node[];
	readonly #gateways: SimulatedGateway[];
	readonly #free: Set<Node>;
	readonly #luck: () => number;
	readonly #trouble: () => number;
	#able: readonly AbleWorker[] = [];
	#slots = 0;
	#submitted = 0;
	#lastAt = 0;
	#done = 0;
	#failed = 0;
	#recordedTwice = 0;
	#runs = 0;
	#refused = 0;
	readonly #troubles = { crashes: 0, slowdowns: 0, partitions: 0, gatewayCrashes: 0 };
	readonly #counts = { appends: 0, renewals: 0, messages: 0, beats: 0, recordsRead: 0 };
	readonly #failovers: number[] = [];
	readonly #failoversOfNamed: number[] = [];
	readonly #adoptions: number[] = [];
	readonly #waits: number[] = [];

	constructor(size: ClusterSize) {
		this.#size = size;
		this.#luck = seeded(size.seed);
		this.#trouble = seeded(size.seed + 1);
		this.#nodes = Array.from({ length: size.nodes }, (_, index) => new Node(index));
		this.#free = new Set(this.#nodes);
		this.#gateways = Array.from({ length: size.gateways }, (_, index) => this.#newGateway(index));
	}

	run(): ClusterOutcome {
		this.#beat();
		this.#submitNext();
		for (const node of this.#nodes) this.#plagueNode(node);
		for (let index = 0; index < this.#gateways.length; index++) this.#plagueGateway(index);
		// Whatever is open so long after the last task came would never end.
		this.#time.run(() => this.#done + this.#failed === this.#size.tasks || this.#time.now > this.#lastAt + PATIENCE_MS);
		return {
			done: this.#done,
			failed: this.#failed,
			open: this.#size.tasks - this.#done - this.#failed,
			recordedTwice: this.#recordedTwice,
			runs: this.#runs,
			refused: this.#refused,
			...this.#troubles,
			failovers: this.#failovers,
			failoversOfNamed: this.#failoversOfNamed,
			adoptions: this.#adoptions,
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
		const node =
			job.queue === undefined ? longestFree : this.#nodes[Number.parseInt(job.queue.slice(PREFIX.length), 10)];
		if (node === undefined) return;
		// The next job wakes the next one.
		if (this.#free.delete(node)) this.#free.add(node);
		this.#time.after(HOP_MS, () => this.#take(node));
	}

	/** Takes one job, and the next one a hop later: meanwhile others take theirs. */
	#take(node: Node): void {
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

	#start(run: Run): void {
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
			const slow = node.slowUntil > this.#time.now ? SLOW.factor : 1;
			const ms = wanted ? runTime(RUN_MS * slow, this.#luck) : 0;
			this.#counts.renewals += Math.floor(ms / RENEW_MS);
			this.#time.after(ms, () => this.#end(run, wanted, ms));
		});
	}

	#end(run: Run, wanted: boolean, ms: number): void {
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
	#report(run: Run, deliver: (task: Task) => void): void {
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

	// Troubles.

	#plagueNode(node: Node): void {
		const kinds = [() => this.#crash(node), () => this.#slowDown(node), () => this.#cut(node)];
		for (const strike of kinds) {
			const next = () => {
				if (this.#submitted >= this.#size.tasks) return;
				if (node.alive && !node.cut) strike();
				this.#time.after(waitUntilNext(TROUBLE_EVERY_MS, this.#trouble), next);
			};
			this.#time.after(waitUntilNext(TROUBLE_EVERY_MS, this.#trouble), next);
		}
	}

	#crash(node: Node): void {
		this.#troubles.crashes++;
		const { worker } = node;
		this.#loseLocks(node);
		node.running.clear();
		node.alive = false;
		node.untroubled = false;
		node.diedAt = this.#time.now;
		this.#free.delete(node);
		this.#time.after(RESTART_MS, () => {
			node.alive = true;
			node.worker = `${worker}'`;
			this.#take(node);
		});
	}

	#slowDown(node: Node): void {
		this.#troubles.slowdowns++;
		node.untroubled = false;
		node.slowUntil = this.#time.now + SLOW.ms;
	}

	/** Cut off from Redis: its jobs go elsewhere, it goes on and tells what came of them when it is back. */
	#cut(node: Node): void {
		this.#troubles.partitions++;
		node.untroubled = false;
		node.cut = true;
		node.diedAt = this.#time.now;
		this.#free.delete(node);
		this.#loseLocks(node);
		this.#time.after(CUT_MS, () => {
			node.cut = false;
			this.#take(node);
		});
	}

	/** The lock of each job runs out some time after its last renewal, and the next check finds it. */
	#loseLocks(node: Node): void {
		const { now } = this.#time;
		for (const { job, run, worker } of node.running) {
			const over = now + LOCK_MS - this.#trouble() * RENEW_MS;
			const found = Math.ceil(over / STALLED_CHECK_MS) * STALLED_CHECK_MS;
			this.#time.after(found - now, () => {
				if (!this.#queue.stalled(job, worker, run)) return;
				job.lostAt = now;
				job.wasNamed = job.queue !== undefined;
				this.#wake(job);
			});
		}
	}

	#abandon(worker: string): void {
		this.#queue.abandon(worker);
		for (const node of [...this.#free]) {
			if (!this.#queue.waiting(node.worker)) return;
			this.#take(node);
		}
	}

	#plagueGateway(index: number): void {
		this.#time.after(waitUntilNext(GATEWAY_TROUBLE_EVERY_MS, this.#trouble), () => {
			if (this.#submitted >= this.#size.tasks) return;
			const others = this.#gateways.some((one, other) => other !== index && one.alive);
			if (others && this.#gateways[index]?.alive === true) this.#crashGateway(index);
			this.#plagueGateway(index);
		});
	}

	#crashGateway(index: number): void {
		const dead = this.#gateways[index];
		if (dead === undefined) return;
		this.#troubles.gatewayCrashes++;
		dead.alive = false;
		const crashed = this.#time.now;
		this.#time.after(HOME_LEASE_MS + this.#trouble() * ADOPT_EVERY_MS, () => {
			this.#adoptions.push(this.#time.now - crashed);
			for (const task of this.#tasks.values()) if (task.home === dead) this.#adopt(task);
		});
		this.#time.after(RESTART_MS, () => {
			this.#gateways[index] = this.#newGateway(index);
		});
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

function tokenOf({ job, run }: Run): RunToken {
	return { stepId: asStepId(job.stepId), attempt: job.attempt, run };
}

function asWorker(node: Node, at: number): AbleWorker {
	const running = node.running.size;
	const load = { name: CAPABILITY, version: 1, placement: 'process', concurrency: PLACES, running } as const;
	const state = running > 0 ? 'BUSY' : 'WAITING';
	const whole = { paused: false, at, slots: PLACES, load: running / PLACES, capabilities: [load] };
	return { worker: node.worker, state, ...whole };
}
