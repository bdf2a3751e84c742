import type { Placement } from '../capability.ts';

/** AbleWorker is what choosing among workers needs to know of one, from its last heartbeat (`at`). */
export interface AbleWorker {
	readonly worker: string;
	readonly state: 'IDLE' | 'WAITING' | 'BUSY' | 'ERROR' | 'SHUTDOWN';
	readonly paused: boolean;
	readonly at: number;
	/** Places for handler children in all, and the share of them in use. */
	readonly slots: number;
	readonly load: number;
	readonly capabilities: readonly {
		readonly name: string;
		readonly version: number;
		readonly placement: Placement;
		readonly concurrency: number;
		readonly running: number;
	}[];
}

/** canTake tells whether a worker has a capability, in this version or a later one, and takes jobs at all. */
export function canTake(worker: AbleWorker, capability: string, version = 0): boolean {
	if (worker.paused || (worker.state !== 'WAITING' && worker.state !== 'BUSY')) return false;
	return worker.capabilities.some((one) => one.name === capability && one.version >= version && one.concurrency > 0);
}
