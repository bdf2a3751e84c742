import type { Item, ItemStatus, Subitem } from '../backlog/item.ts';
import { type PathKey, pathKey, targetKey } from '../backlog/item-path.ts';

const OPEN: readonly ItemStatus[] = ['pending', 'in-progress', 'blocked'];

/** openSubitems are those still to be worked on: each after the ones it depends on, else in their order. Circles are left in their order. */
export function openSubitems(item: Item): Subitem[] {
	return inDependencyOrder(item).filter(({ status }) => OPEN.includes(status));
}

/** inDependencyOrder puts all subitems so that each stands after those it depends on. */
export function inDependencyOrder(item: Item): Subitem[] {
	const siblings = new Map(item.subtasks.map((sub) => [pathKey(item.id, sub.id), sub]));
	const entered = new Set<Subitem>();
	const order: Subitem[] = [];
	// An explicit stack, because a file may hold a chain of any length.
	for (const first of item.subtasks) {
		const path = entered.has(first) ? [] : [first];
		entered.add(first);
		for (let sub = path.at(-1); sub !== undefined; sub = path.at(-1)) {
			const awaited = awaitedBy(item, sub, siblings).find((one) => !entered.has(one));
			if (awaited === undefined) order.push(...path.splice(-1));
			else path.push(awaited);
			entered.add(awaited ?? sub);
		}
	}
	return order;
}

function awaitedBy(item: Item, sub: Subitem, siblings: ReadonlyMap<PathKey, Subitem>): Subitem[] {
	return sub.dependencies.flatMap((reference) => siblings.get(targetKey(item, true, reference)) ?? []);
}
