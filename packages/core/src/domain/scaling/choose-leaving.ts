/** PoolMember is a worker as far as leaving goes. */
export interface PoolMember {
	readonly worker: string;
	readonly running: number;
	readonly sessions: number;
	readonly startedAt: number;
}

/** chooseLeaving chooses who drains when a pool shrinks: who runs least, then who holds the fewest sessions, then the newest. */
export function chooseLeaving<M extends PoolMember>(members: readonly M[], count: number): readonly M[] {
	const order = (a: M, b: M) =>
		a.running - b.running ||
		a.sessions - b.sessions ||
		b.startedAt - a.startedAt ||
		(a.worker < b.worker ? -1 : a.worker > b.worker ? 1 : 0);
	return members.toSorted(order).slice(0, Math.max(0, count));
}
