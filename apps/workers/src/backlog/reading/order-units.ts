/** Ordered is the order in which things can be done, and what had to be let go for there to be one. */
export interface Ordered {
	/** Places in the document, in the new order. */
	readonly order: readonly number[];
	/** For each place what it waits for; all of it comes earlier in the order. */
	readonly needs: readonly (readonly number[])[];
	readonly dropped: readonly { readonly at: number; readonly needs: number }[];
}

/** orderByNeeds keeps the document's order as far as what waits for something else allows; a circle is opened where it closes. */
export function orderByNeeds(needs: readonly (readonly number[])[]): Ordered {
	const order: number[] = [];
	const done = new Set<number>();
	const kept = needs.map((list) => [...list]);
	const dropped: { at: number; needs: number }[] = [];
	for (let start = 0; start < needs.length; start += 1) visit(start);
	return { order, needs: kept, dropped };

	/** Everything that a thing waits for goes before it; a stack of its own, because chains may be long. */
	function visit(start: number): void {
		const stack = [{ at: start, next: 0 }];
		const open = new Set([start]);
		if (done.has(start)) return;
		for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
			const list = kept[top.at] ?? [];
			const need = list[top.next];
			if (need === undefined) {
				done.add(top.at);
				open.delete(top.at);
				order.push(top.at);
				stack.pop();
			} else if (open.has(need)) {
				list.splice(top.next, 1);
				dropped.push({ at: top.at, needs: need });
			} else {
				top.next += 1;
				if (!done.has(need)) {
					stack.push({ at: need, next: 0 });
					open.add(need);
				}
			}
		}
	}
}
