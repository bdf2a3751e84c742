/** CapabilityDemand is what one capability asks of a pool; work that is done is not in it. */
export interface CapabilityDemand {
	readonly name: string;
	/** Jobs ready to run that no worker has. */
	readonly waiting: number;
	/** Jobs that the pool's workers run; those of draining workers are not counted. */
	readonly running: number;
	/** How long the one waits that waits longest; 0 where none does. */
	readonly oldestWaitMs: number;
	/** How many of these one worker runs at once. */
	readonly perWorker: number;
	/** What one takes, as far as it is known. */
	readonly serviceMs?: number | undefined;
}

/** PoolLoad is what a pool has to do, and with how many workers, at one moment. */
export interface PoolLoad {
	readonly capabilities: readonly CapabilityDemand[];
	/** Workers that take jobs. */
	readonly live: number;
	/** Workers that were ordered and have not come yet. */
	readonly starting: number;
	/** Workers that came since the last look. */
	readonly joined: number;
}

/** QueueLoad is what waits of one capability in the whole cluster. */
interface QueueLoad {
	readonly capability: string;
	readonly waiting: number;
	readonly oldestWaitMs: number;
}

/** PoolPlace is a pool as far as sharing out waiting jobs goes. */
interface PoolPlace {
	readonly name: string;
	/** Left out: all. */
	readonly capabilities?: readonly string[] | undefined;
	readonly concurrency: number;
	readonly max: number;
	/** Jobs it runs now. */
	readonly running: number;
}

/**
 * shareWaiting says which pool answers for which waiting jobs, so that none is counted twice: the first pool with the
 * capability takes what its largest size has room for, the next one the rest; the last takes whatever is left over.
 */
export function shareWaiting(
	queues: readonly QueueLoad[],
	pools: readonly PoolPlace[],
): ReadonlyMap<string, ReadonlyMap<string, number>> {
	const shares = new Map(pools.map(({ name }) => [name, new Map<string, number>()]));
	const room = new Map(pools.map(({ name, max, concurrency, running }) => [name, max * concurrency - running]));
	for (const { capability, waiting } of queues) {
		const able = pools.filter(({ capabilities }) => capabilities?.includes(capability) !== false);
		let left = waiting;
		for (const [index, { name }] of able.entries()) {
			const free = Math.max(0, room.get(name) ?? 0);
			const share = index === able.length - 1 ? left : Math.min(left, free);
			shares.get(name)?.set(capability, share);
			room.set(name, free - share);
			left -= share;
		}
	}
	return shares;
}
