import type { ItemReference, ItemStatus } from '@errand/core/domain/backlog/item.ts';
import type { Cards } from './cards.ts';

/** partsNeeded are the items some of whose subtasks others depend on, so that their statuses must be known. */
export function partsNeeded(cards: Cards): ReadonlySet<number> {
	const needed = new Set<number>();
	for (const { dependencies } of cards.values()) {
		for (const reference of dependencies) {
			if (typeof reference === 'string') needed.add(itemOf(reference));
		}
	}
	return needed;
}

/** withParts is known statuses of subtasks with those of one item as they are now. */
export function withParts(
	parts: ReadonlyMap<string, ItemStatus>,
	item: number,
	subtasks: readonly { readonly id: number; readonly status: ItemStatus }[],
): ReadonlyMap<string, ItemStatus> {
	const kept = [...parts].filter(([reference]) => !reference.startsWith(`${item}.`));
	return new Map([...kept, ...subtasks.map(({ id, status }) => [`${item}.${id}`, status] as const)]);
}

/** itemOf is the item of a reference. */
export function itemOf(reference: ItemReference): number {
	return typeof reference === 'number' ? reference : Number(reference.split('.')[0]);
}
