/** findCycle finds steps that wait for each other, as indexes in the order in which each waits for the next; undefined where none do. */
export function findCycle(edges: readonly (readonly number[])[]): readonly number[] | undefined {
	const state: ('open' | 'done' | undefined)[] = [];
	for (const start of edges.keys()) {
		if (state[start] !== undefined) continue;
		// A stack of its own: a list may have a thousand steps, each after the one before.
		const way: { readonly node: number; next: number }[] = [{ node: start, next: 0 }];
		state[start] = 'open';
		for (let top = way.at(-1); top !== undefined; top = way.at(-1)) {
			const to = edges[top.node]?.[top.next++];
			if (to === undefined) {
				state[top.node] = 'done';
				way.pop();
			} else if (state[to] === 'open') {
				return way.slice(way.findIndex(({ node }) => node === to)).map(({ node }) => node);
			} else if (state[to] === undefined) {
				state[to] = 'open';
				way.push({ node: to, next: 0 });
			}
		}
	}
	return undefined;
}
