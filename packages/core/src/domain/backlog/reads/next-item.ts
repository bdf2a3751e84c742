import type { Item, ItemPriority, ItemReference, Subitem } from '../item.ts';
import { type ItemChunk, type ItemList, itemById } from '../item-list.ts';
import { pathOfKey, subitemOf, targetKey } from '../item-path.ts';

/** NextItem is what to work on next: an item, or a subitem of one. */
export interface NextItem {
	readonly item: Item;
	readonly sub?: Subitem | undefined;
}

/**
 * nextItem finds what to work on next. First come open subitems of items in progress, then open items; of these the most urgent,
 * with the fewest dependencies, with the smallest id; and only such whose dependencies are all done.
 */
export function nextItem(list: ItemList): NextItem | undefined {
	let best: Candidate | undefined;
	for (const chunk of list) {
		for (const candidate of openOf(chunk).parts) {
			if (isBetter(candidate, best) && isSatisfied(list, candidate)) best = candidate;
		}
	}
	if (best !== undefined) return best;
	for (const chunk of list) {
		for (const candidate of openOf(chunk).items) {
			if (isBetter(candidate, best) && isSatisfied(list, candidate)) best = candidate;
		}
	}
	return best;
}

interface Candidate extends NextItem {
	readonly rank: number;
	readonly waits: number;
	readonly dependencies: readonly ItemReference[];
}

const RANKS: Readonly<Record<ItemPriority, number>> = { high: 3, medium: 2, low: 1 };
const openOfChunks = new WeakMap<ItemChunk, { items: readonly Candidate[]; parts: readonly Candidate[] }>();

/** What is open in a chunk, whether it could be started or not. */
function openOf(chunk: ItemChunk): { items: readonly Candidate[]; parts: readonly Candidate[] } {
	const known = openOfChunks.get(chunk);
	if (known !== undefined) return known;
	const items: Candidate[] = [];
	const parts: Candidate[] = [];
	for (const item of chunk) {
		const { dependencies } = item;
		if (isOpen(item)) items.push({ item, rank: RANKS[item.priority], waits: dependencies.length, dependencies });
		if (item.status !== 'in-progress') continue;
		for (const sub of item.subtasks) {
			if (!isOpen(sub)) continue;
			const rank = RANKS[sub.priority ?? item.priority];
			parts.push({ item, sub, rank, waits: sub.dependencies.length, dependencies: sub.dependencies });
		}
	}
	const open = { items, parts };
	openOfChunks.set(chunk, open);
	return open;
}

const isOpen = ({ status }: Item | Subitem) => status === 'pending' || status === 'in-progress';

function isBetter(one: Candidate, best: Candidate | undefined): boolean {
	if (best === undefined) return true;
	if (one.rank !== best.rank) return one.rank > best.rank;
	if (one.waits !== best.waits) return one.waits < best.waits;
	if (one.item.id !== best.item.id) return one.item.id < best.item.id;
	return (one.sub?.id ?? 0) < (best.sub?.id ?? 0);
}

function isSatisfied(list: ItemList, { item, sub, dependencies }: Candidate): boolean {
	return dependencies.every((reference) => {
		const path = pathOfKey(targetKey(item, sub !== undefined, reference));
		const target = itemById(list, path.item);
		const owner = target === undefined || path.sub === undefined ? target : subitemOf(target, path.sub);
		return owner?.status === 'done';
	});
}
