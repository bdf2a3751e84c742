import { capabilityQueue, type JobQueue, workerQueue } from './bull-queues.ts';

/** FetchLane is one queue that a worker takes jobs from. */
export interface FetchLane {
	readonly capability: string;
	readonly queue: JobQueue;
	/** It may hold a job, as far as is known here. */
	mayHave: boolean;
	/** It holds a job that this worker does not understand. */
	leftAlone: boolean;
	/** Fetches under way. */
	fetching: number;
	/** Fetches in a row that found something. */
	streak: number;
}

interface LaneParts {
	readonly worker: string;
	/** What the worker has now; the same array until that changes. */
	readonly capabilities: () => readonly { readonly name: string }[];
	readonly queueOf: (name: string) => JobQueue;
}

/** FetchLanes are the queues of a worker: of each capability its own one and the shared one. They take turns. */
export class FetchLanes {
	readonly #parts: LaneParts;
	#capabilities: ReturnType<LaneParts['capabilities']> = [];
	#all: readonly FetchLane[] = [];
	#byMarker: ReadonlyMap<string, FetchLane> = new Map();
	#byQueue: ReadonlyMap<string, FetchLane> = new Map();
	#turn = 0;

	constructor(parts: LaneParts) {
		this.#parts = parts;
		this.renew();
	}

	get all(): readonly FetchLane[] {
		return this.#all;
	}

	/** Has lanes for the capabilities that the worker has by now, and no others. */
	renew(): void {
		const { worker, capabilities, queueOf } = this.#parts;
		const now = capabilities();
		if (now === this.#capabilities && this.#all.length > 0) return;
		this.#capabilities = now;
		const known = new Map(this.#all.map((lane) => [lane.queue.name, lane]));
		this.#all = now.flatMap(({ name: capability }) =>
			[workerQueue(worker, capability), capabilityQueue(capability)].map((name) => {
				const fresh = { capability, queue: queueOf(name), mayHave: true, leftAlone: false, fetching: 0, streak: 0 };
				return known.get(name) ?? fresh;
			}),
		);
		this.#byMarker = new Map(this.#all.map((lane) => [lane.queue.keys.marker, lane]));
		this.#byQueue = new Map(this.#all.map((lane) => [lane.queue.name, lane]));
	}

	ofMarker(marker: string): FetchLane | undefined {
		return this.#byMarker.get(marker);
	}

	ofQueue(name: string): FetchLane | undefined {
		return this.#byQueue.get(name);
	}

	/** The lane whose turn it is, of those that `can`, which then goes to the end. */
	next(can: (lane: FetchLane) => boolean): FetchLane | undefined {
		for (let step = 0; step < this.#all.length; step++) {
			const at = (this.#turn + step) % this.#all.length;
			const lane = this.#all[at];
			if (lane === undefined || !lane.mayHave || !can(lane)) continue;
			this.#turn = at + 1;
			return lane;
		}
		return undefined;
	}
}

/** found notes what a fetch brought. After a single job the marker tells whether there are more. */
export function found(lane: FetchLane, anything: boolean): void {
	lane.streak = anything ? lane.streak + 1 : 0;
	lane.mayHave = isBusy(lane);
}

/** isBusy tells that a lane has had something time and again: it is looked into without waiting for its marker. */
export function isBusy(lane: FetchLane): boolean {
	return lane.streak > 1;
}

/** fetchesAtOnce are worth making: more as long as they find something. */
export function fetchesAtOnce(lane: FetchLane): number {
	return Math.min(MOST_AT_ONCE, 2 ** Math.max(0, lane.streak - 1));
}

const MOST_AT_ONCE = 8;
