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
	/** Fetches worth making at once: more as long as they find something. */
	eagerness: number;
}

/** FetchLanes are the queues of a worker: of each capability its own one and the shared one. They take turns. */
export class FetchLanes {
	readonly all: readonly FetchLane[];
	readonly #byMarker: ReadonlyMap<string, FetchLane>;
	#turn = 0;

	constructor(worker: string, capabilities: readonly { readonly name: string }[], queueOf: (name: string) => JobQueue) {
		this.all = capabilities.flatMap(({ name: capability }) =>
			[workerQueue(worker, capability), capabilityQueue(capability)].map((name) => {
				return { capability, queue: queueOf(name), mayHave: true, leftAlone: false, fetching: 0, eagerness: 1 };
			}),
		);
		this.#byMarker = new Map(this.all.map((lane) => [lane.queue.keys.marker, lane]));
	}

	ofMarker(marker: string): FetchLane | undefined {
		return this.#byMarker.get(marker);
	}

	/** The lane whose turn it is, of those that `can`, which then goes to the end. */
	next(can: (lane: FetchLane) => boolean): FetchLane | undefined {
		for (let step = 0; step < this.all.length; step++) {
			const at = (this.#turn + step) % this.all.length;
			const lane = this.all[at];
			if (lane === undefined || !lane.mayHave || !can(lane)) continue;
			this.#turn = at + 1;
			return lane;
		}
		return undefined;
	}
}

/** found notes what a fetch brought. */
export function found(lane: FetchLane, anything: boolean): void {
	lane.mayHave = anything;
	lane.eagerness = anything ? Math.min(MOST_AT_ONCE, lane.eagerness * 2) : 1;
}

const MOST_AT_ONCE = 8;
