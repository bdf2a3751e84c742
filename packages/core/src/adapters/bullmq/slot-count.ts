import type { RegisteredWorker } from '../../ports/worker-registry.ts';

/** SlotCount is how many jobs of each capability the workers there are can run at once, in all and one by one. */
export interface SlotCount {
	readonly inAll: ReadonlyMap<string, number>;
	readonly ofWorker: ReadonlyMap<string, ReadonlyMap<string, number>>;
	/** Capabilities that share the slots of a worker, and how many those are. */
	readonly sharedOf: ReadonlyMap<string, { readonly slots: number; readonly capabilities: ReadonlySet<string> }>;
	/** Those that take nothing for now. */
	readonly paused: ReadonlySet<string>;
}

/** countSlots adds up slots of workers that take jobs. Paused ones take none, but what waits for them alone may go to their queue. */
export function countSlots(workers: readonly RegisteredWorker[]): SlotCount {
	const inAll = new Map<string, number>();
	const ofWorker = new Map<string, Map<string, number>>();
	const sharedOf = new Map<string, { slots: number; capabilities: ReadonlySet<string> }>();
	const resting = new Set<string>();
	for (const { worker, state, paused, slots, capabilities } of workers) {
		if (state === 'SHUTDOWN') continue;
		if (paused) resting.add(worker);
		const own = new Map<string, number>();
		for (const { name, placement, concurrency } of capabilities) {
			const places = placement === 'inline' ? concurrency : Math.min(concurrency, slots);
			own.set(name, places);
			if (!paused) inAll.set(name, (inAll.get(name) ?? 0) + places);
		}
		ofWorker.set(worker, own);
		const inChildren = capabilities.filter(({ placement }) => placement !== 'inline').map(({ name }) => name);
		sharedOf.set(worker, { slots, capabilities: new Set(inChildren) });
	}
	return { inAll, ofWorker, sharedOf, paused: resting };
}
