import type { IWorkerRegistry } from '../../ports/worker-registry.ts';
import { type BullQueues, bullId, capabilityQueue, jobIdOf, workerQueue } from './bull-queues.ts';
import type { ReleaseDesk } from './release-desk.ts';

interface Parts {
	readonly queues: BullQueues;
	readonly desk: ReleaseDesk;
	readonly registry: Pick<IWorkerRegistry, 'list'>;
	/** What there is to do now. */
	readonly catalogue: { list(): readonly { readonly name: string }[] };
}

/**
 * JobFinder tells where a job stands that another process may have released. Queues are short, because no more is released than
 * workers can soon take; so all of them are read at once, and who asks within a moment is answered from the same reading.
 */
export class JobFinder {
	readonly #parts: Parts;
	#reading: { readonly at: number; readonly places: Promise<ReadonlyMap<string, string>> } | undefined;

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/** The queue it waits or runs in. */
	async find(jobId: string): Promise<string | undefined> {
		const now = performance.now();
		if (this.#reading === undefined || now - this.#reading.at > FRESH_MS) {
			this.#reading = { at: now, places: this.#read() };
			this.#reading.places.catch(() => {
				this.#reading = undefined;
			});
		}
		return (await this.#reading.places).get(jobId);
	}

	async isIn(name: string, jobId: string): Promise<boolean> {
		const { queues } = this.#parts;
		return (await queues.redis.exists(queues.of(name).jobKey(bullId(jobId)))) === 1;
	}

	async #read(): Promise<ReadonlyMap<string, string>> {
		const { queues } = this.#parts;
		const places = new Map<string, string>();
		await Promise.all(
			this.#names().map(async (name) => {
				const { wait, active } = queues.of(name).keys;
				const [waiting, running] = await Promise.all([
					queues.redis.lrange(wait, 0, -1),
					queues.redis.lrange(active, 0, -1),
				]);
				for (const id of [...waiting, ...running]) places.set(jobIdOf(id), name);
			}),
		);
		return places;
	}

	#names(): readonly string[] {
		const { desk, registry, catalogue } = this.#parts;
		const own = registry.list().flatMap(({ worker, capabilities }) => {
			return capabilities.map(({ name }) => workerQueue(worker, name));
		});
		const known = [...desk.lines].map(({ queue }) => queue);
		return [...new Set([...catalogue.list().map(({ name }) => capabilityQueue(name)), ...own, ...known])];
	}
}

const FRESH_MS = 50;
