import { waitUntilNext } from '../chance.ts';
import type { VirtualTime } from '../virtual-time.ts';
import type { SimulatedGateway } from './simulated-gateway.ts';
import type { SimulatedNode } from './simulated-node.ts';
import type { QueuedJob, SimulatedQueue } from './simulated-queue.ts';

/** Mean time between two troubles of one kind on one node, and of one gateway. */
const TROUBLE_EVERY_MS = 500_000;
const GATEWAY_TROUBLE_EVERY_MS = 60_000;
const RESTART_MS = 5_000;
const CUT_MS = 3_000;
const SLOW_MS = 10_000;
/** As Errand sets them: see docs/decisions.md. */
const LOCK_MS = 500;
const STALLED_CHECK_MS = 200;
const HOME_LEASE_MS = 1_200;
const ADOPT_EVERY_MS = 300;
/** How often a run renews its lock. */
export const RENEW_MS = 150;

/** Troubled is the cluster that troubles come over. */
export interface Troubled {
	readonly time: VirtualTime;
	readonly queue: SimulatedQueue;
	readonly nodes: readonly SimulatedNode[];
	readonly gateways: readonly SimulatedGateway[];
	readonly chance: () => number;
	/** Whether no more troubles are to come. */
	isOver(): boolean;
	/** A node takes no more jobs. */
	lost(node: SimulatedNode): void;
	take(node: SimulatedNode): void;
	wake(job: QueuedJob): void;
	/** Others drive what a dead gateway drove. */
	adoptAllOf(dead: SimulatedGateway): void;
	restartGateway(index: number): void;
}

/** ClusterTroubles let workers crash, slow down and be cut off, and gateways crash, each at random moments. */
export class ClusterTroubles {
	readonly counts = { crashes: 0, slowdowns: 0, partitions: 0, gatewayCrashes: 0 };
	/** From a gateway's crash until another drives its tasks. */
	readonly adoptions: number[] = [];
	readonly #cluster: Troubled;

	constructor(cluster: Troubled) {
		this.#cluster = cluster;
	}

	begin(): void {
		for (const node of this.#cluster.nodes) this.#plagueNode(node);
		for (let index = 0; index < this.#cluster.gateways.length; index++) this.#plagueGateway(index);
	}

	#plagueNode(node: SimulatedNode): void {
		const { time, chance, isOver } = this.#cluster;
		const kinds = [() => this.#crash(node), () => this.#slowDown(node), () => this.#cut(node)];
		for (const strike of kinds) {
			const next = () => {
				if (isOver()) return;
				if (node.alive && !node.cut) strike();
				time.after(waitUntilNext(TROUBLE_EVERY_MS, chance), next);
			};
			time.after(waitUntilNext(TROUBLE_EVERY_MS, chance), next);
		}
	}

	#crash(node: SimulatedNode): void {
		this.counts.crashes++;
		const { worker } = node;
		this.#loseLocks(node);
		node.running.clear();
		node.alive = false;
		this.#strike(node);
		this.#cluster.time.after(RESTART_MS, () => {
			node.alive = true;
			node.worker = `${worker}'`;
			this.#cluster.take(node);
		});
	}

	#slowDown(node: SimulatedNode): void {
		this.counts.slowdowns++;
		node.untroubled = false;
		node.slowUntil = this.#cluster.time.now + SLOW_MS;
	}

	/** Cut off from Redis: its jobs go elsewhere, it goes on and tells what came of them when it is back. */
	#cut(node: SimulatedNode): void {
		this.counts.partitions++;
		node.cut = true;
		this.#strike(node);
		this.#loseLocks(node);
		this.#cluster.time.after(CUT_MS, () => {
			node.cut = false;
			this.#cluster.take(node);
		});
	}

	#strike(node: SimulatedNode): void {
		node.untroubled = false;
		node.diedAt = this.#cluster.time.now;
		this.#cluster.lost(node);
	}

	/** The lock of each job runs out some time after its last renewal, and the next check finds it. */
	#loseLocks(node: SimulatedNode): void {
		const { time, chance, queue } = this.#cluster;
		const { now } = time;
		for (const { job, run, worker } of node.running) {
			const over = now + LOCK_MS - chance() * RENEW_MS;
			const found = Math.ceil(over / STALLED_CHECK_MS) * STALLED_CHECK_MS;
			time.after(found - now, () => {
				if (!queue.stalled(job, worker, run)) return;
				job.lostAt = now;
				job.wasNamed = job.queue !== undefined;
				this.#cluster.wake(job);
			});
		}
	}

	#plagueGateway(index: number): void {
		const { time, chance, gateways, isOver } = this.#cluster;
		time.after(waitUntilNext(GATEWAY_TROUBLE_EVERY_MS, chance), () => {
			if (isOver()) return;
			const others = gateways.some((one, other) => other !== index && one.alive);
			if (others && gateways[index]?.alive === true) this.#crashGateway(index);
			this.#plagueGateway(index);
		});
	}

	#crashGateway(index: number): void {
		const { time, chance, gateways } = this.#cluster;
		const dead = gateways[index];
		if (dead === undefined) return;
		this.counts.gatewayCrashes++;
		dead.alive = false;
		const crashed = time.now;
		time.after(HOME_LEASE_MS + chance() * ADOPT_EVERY_MS, () => {
			this.adoptions.push(time.now - crashed);
			this.#cluster.adoptAllOf(dead);
		});
		time.after(RESTART_MS, () => this.#cluster.restartGateway(index));
	}
}
