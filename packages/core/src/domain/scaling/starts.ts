/** Starts is what became of the workers that were ordered. */
export interface Starts {
	/** Orders whose workers have not come yet, oldest first. */
	readonly orders: readonly { readonly at: number; readonly count: number }[];
	/** What a worker takes from its order to its first heartbeat, as seen lately. */
	readonly startMs: number;
	/** How many orders in a row came to nothing. */
	readonly failures: number;
	/** No order before this moment. */
	readonly retryAt: number;
}

/** NO_STARTS is where a pool begins that was never scaled. */
export const NO_STARTS: Starts = { orders: [], startMs: 5_000, failures: 0, retryAt: 0 };

/** noteOrder remembers that workers were ordered. */
export function noteOrder(starts: Starts, count: number, now: number): Starts {
	return { ...starts, orders: [...starts.orders, { at: now, count }] };
}

/**
 * noteArrivals settles orders by what is seen: workers that joined came from the oldest ones; where fewer are on their way than
 * were ordered, those that are gone failed, and further orders wait, twice as long each time.
 */
export function noteArrivals(
	starts: Starts,
	seen: { joined: number; starting: number; now: number; startWithinMs: number },
): Starts {
	const { joined, starting, now, startWithinMs } = seen;
	let { startMs } = starts;
	let arrived = joined;
	const waitedFor: { at: number; count: number }[] = [];
	for (const { at, count } of starts.orders) {
		const came = Math.min(count, arrived);
		arrived -= came;
		if (came > 0) startMs += (now - at - startMs) * (1 - 0.7 ** came);
		if (count > came) waitedFor.push({ at, count: count - came });
	}
	const inTime = waitedFor.filter(({ at }) => now - at < startWithinMs);
	const kept = newest(inTime, starting, now);
	const lost = countOf(waitedFor) - countOf(kept);
	const failures = lost > 0 ? starts.failures + 1 : joined > 0 ? 0 : starts.failures;
	const retryAt = lost > 0 ? now + Math.min(MAX_RETRY_MS, 1_000 * 2 ** failures) : starts.retryAt;
	return { orders: kept, startMs, failures, retryAt };
}

/** countOf says how many workers are on their way. */
export function countOf(orders: Starts['orders']): number {
	return orders.reduce((sum, { count }) => sum + count, 0);
}

/** Of the ordered, those still on their way; a platform may be a moment late to show what was ordered just now. */
function newest(orders: Starts['orders'], starting: number, now: number): Starts['orders'] {
	let gone = Math.max(0, countOf(orders) - starting);
	const kept: { at: number; count: number }[] = [];
	for (const { at, count } of orders) {
		const lost = now - at < SHOWN_WITHIN_MS ? 0 : Math.min(gone, count);
		gone -= lost;
		if (count > lost) kept.push({ at, count: count - lost });
	}
	return kept;
}

const SHOWN_WITHIN_MS = 2_000;
const MAX_RETRY_MS = 60_000;
