import type { IClock } from '../../ports/clock.ts';
import type { JobConsumer } from '../../ports/job-queue.ts';
import type { BullQueues } from './bull-queues.ts';
import type { FetchLanes } from './fetch-lanes.ts';

interface Parts {
	readonly lanes: Pick<FetchLanes, 'all'>;
	readonly consumer: Pick<JobConsumer, 'freeSlots'>;
	readonly redis: Pick<BullQueues['redis'], 'llen'>;
	readonly clock: Pick<IClock, 'now'>;
}

/** QueueScout looks into queues that nobody watches while slots are scarce: they too must get their turn. */
export class QueueScout {
	readonly #parts: Parts;
	#lookedAt = 0;

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/** Looks, unless it just did; lanes in which something waits say so a moment later. */
	look(): void {
		const { lanes, consumer, redis, clock } = this.#parts;
		const now = clock.now();
		if (now - this.#lookedAt < LOOK_EVERY_MS) return;
		this.#lookedAt = now;
		for (const lane of lanes.all) {
			if (lane.mayHave || consumer.freeSlots(lane.capability) > 1) continue;
			redis.llen(lane.queue.keys.wait).then(
				(waiting) => {
					if (waiting > 0) lane.mayHave = true;
				},
				() => {},
			);
		}
	}
}

const LOOK_EVERY_MS = 50;
