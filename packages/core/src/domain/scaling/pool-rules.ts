import { z } from 'zod';

/** PoolRulesSchema parses what the operator says about one pool of workers; times are ms. */
export const PoolRulesSchema = z
	.strictObject({
		/** What its workers do; left out: everything. Of several pools with the same capability, the first fills before the next. */
		capabilities: z.array(z.string().min(1)).min(1).optional(),
		min: z.int().min(0).default(0),
		max: z.int().min(1).max(10_000),
		/** Jobs that one worker runs at once. */
		concurrency: z.int().min(1).max(500).default(4),
		/** A job should wait no longer than this for its start, once workers are there. */
		targetWaitMs: z.int().min(100).max(3_600_000).default(5_000),
		/** Workers go when fewer of them have been enough for this long. */
		calmMs: z.int().min(1_000).max(86_400_000).default(60_000),
		/** At least this long lies between two orders to grow, unless there is no worker at all. */
		growEveryMs: z.int().min(0).default(3_000),
		/** At least this long lies between two orders to shrink. */
		shrinkEveryMs: z.int().min(0).default(10_000),
		/** A pool at most doubles at once, or grows by this many where that is more. */
		growBy: z.int().min(1).default(4),
		/** A worker that was ordered counts as one that failed to start after this long. */
		startWithinMs: z.int().min(1_000).default(180_000),
	})
	.refine(({ min, max }) => min <= max, 'must not have a min above its max');

/** PoolRules bound one pool of workers and say how quickly it follows its load. */
export type PoolRules = z.infer<typeof PoolRulesSchema>;
