import type { SessionKind } from '../../domain/capability.ts';
import type { ChooseWorker } from '../../domain/dispatch/choose-worker.ts';
import { describeError } from '../../domain/errors.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { ISessionPlaces, IWorkerRegistry } from '../../ports/worker-registry.ts';
import { capabilityQueue, workerQueue } from './bull-queues.ts';
import type { DeskLine, ReadyJob, ReleaseDesk } from './release-desk.ts';
import { countSlots, type SlotCount } from './slot-count.ts';

/** RoutedCatalogue is what there is to do now; the same array until that changes. */
export interface RoutedCatalogue {
	list(): readonly { readonly name: string; readonly sessions?: readonly SessionKind[] | undefined }[];
}

/** JobRoutesParts are what a route is found with. */
export interface JobRoutesParts {
	readonly desk: () => ReleaseDesk;
	readonly registry: Pick<IWorkerRegistry, 'list'>;
	readonly places: ISessionPlaces;
	/** What there is to do; steps with sessions go where their task has them. */
	readonly catalogue: RoutedCatalogue;
	/** Picks a worker for a job where that gains something. */
	readonly choose?: ChooseWorker | undefined;
	readonly log: ILogger;
}

/** JobRoutes tell in which line a job belongs: that of the worker that has its task's session, that of one picked for it, or the one all share. */
export class JobRoutes {
	readonly #parts: JobRoutesParts;
	#known: ReturnType<RoutedCatalogue['list']> = [];
	#withSessions: ReadonlySet<string> = new Set();
	#slots: SlotCount | undefined;

	constructor(parts: JobRoutesParts) {
		this.#parts = parts;
	}

	/** Has a line for whatever there is to do by now, so that what others left in its queue is looked after. */
	knowAll(): void {
		const known = this.#known;
		const list = this.#list();
		if (list !== known) for (const { name } of list) this.shared(name);
	}

	/** Slots of a line among the workers there are. */
	slots({ capability, worker }: Pick<DeskLine, 'capability' | 'worker'>): number {
		const { inAll, ofWorker } = this.#countedSlots();
		return (worker === undefined ? inAll.get(capability) : ofWorker.get(worker)?.get(capability)) ?? 0;
	}

	/** Whether a worker has room for all that was released from here and may be with it, in a line and in those it shares slots with. */
	fits(worker: string, line: DeskLine): boolean {
		if (line.released.size > this.#slotsAt(worker, line.capability)) return false;
		const shared = this.#countedSlots().sharedOf.get(worker);
		if (shared === undefined || !shared.capabilities.has(line.capability)) return true;
		let released = 0;
		for (const capability of shared.capabilities) {
			for (const queue of [capabilityQueue(capability), workerQueue(worker, capability)]) {
				released += this.#parts.desk().lineOf(queue)?.released.size ?? 0;
			}
			if (released > shared.slots) return false;
		}
		return true;
	}

	/** Whether a worker is there and takes something. */
	takes(worker: string): boolean {
		const { ofWorker, paused } = this.#countedSlots();
		return ofWorker.has(worker) && !paused.has(worker);
	}

	/** Workers came, changed or went. */
	countAnew(): void {
		this.#slots = undefined;
	}

	/** Whether jobs of this capability go where their task's session is. */
	goesBySession(capability: string): boolean {
		this.#list();
		return this.#withSessions.has(capability);
	}

	shared(capability: string): DeskLine {
		return this.#parts.desk().line(capabilityQueue(capability), capability);
	}

	own(worker: string, capability: string): DeskLine {
		return this.#parts.desk().line(workerQueue(worker, capability), capability, worker);
	}

	/**
	 * The line of the worker that has the session of a job's task, or the shared one where nobody has it. A `heardWithinMs`
	 * counts out workers that were not heard of for longer, though their time is not over: who comes next waits for its end.
	 */
	async bySession({ capability, taskId, id }: ReadyJob['job'], heardWithinMs?: number): Promise<DeskLine> {
		const { places, registry, log } = this.#parts;
		let worker: string | undefined;
		try {
			worker = await places.workerOf(taskId, heardWithinMs);
		} catch (error) {
			log.debug('place of a session not known', { jobId: id, error: describeError(error) });
		}
		const there = registry.list().find((one) => one.worker === worker);
		const able = there?.state !== 'SHUTDOWN' && there?.capabilities.some(({ name }) => name === capability);
		return able === true && worker !== undefined ? this.own(worker, capability) : this.shared(capability);
	}

	/** The line of a worker that was picked for a job that may go anywhere. */
	picked({ job, line, returned }: ReadyJob): DeskLine | undefined {
		const { choose, registry } = this.#parts;
		if (choose === undefined || line.worker !== undefined || returned === true) return undefined;
		const worker = choose({ capability: job.capability, able: registry.list(), random: Math.random });
		if (worker === undefined || !this.#countedSlots().ofWorker.get(worker)?.has(job.capability)) return undefined;
		return this.own(worker, job.capability);
	}

	/** How many jobs of a capability a worker runs at once; none while it takes nothing. */
	#slotsAt(worker: string, capability: string): number {
		const { ofWorker, paused } = this.#countedSlots();
		return paused.has(worker) ? 0 : (ofWorker.get(worker)?.get(capability) ?? 0);
	}

	#list(): ReturnType<RoutedCatalogue['list']> {
		const list = this.#parts.catalogue.list();
		if (list === this.#known) return list;
		this.#known = list;
		this.#withSessions = new Set(list.filter(({ sessions = [] }) => sessions.length > 0).map(({ name }) => name));
		return list;
	}

	#countedSlots(): SlotCount {
		this.#slots ??= countSlots(this.#parts.registry.list());
		return this.#slots;
	}
}
