import type { ItemStatus } from '../item.ts';
import type { ItemChunk, ItemList } from '../item-list.ts';

/** Counts are how many items there are in each status. */
type Counts = Record<ItemStatus, number>;

const NONE: Readonly<Counts> = {
	pending: 0,
	'in-progress': 0,
	done: 0,
	deferred: 0,
	cancelled: 0,
	blocked: 0,
	review: 0,
};

/** statsOf counts the items and subitems of a list by their status, chunk by chunk, each counted once. */
export function statsOf(list: ItemList) {
	const items = { ...NONE };
	const subitems = { ...NONE };
	for (const chunk of list) {
		const counted = countsOf(chunk);
		add(items, counted.items);
		add(subitems, counted.subitems);
	}
	return { ...statsIn(items), subtasks: statsIn(subitems) };
}

const countsOfChunks = new WeakMap<ItemChunk, { items: Counts; subitems: Counts }>();

function countsOf(chunk: ItemChunk): { items: Counts; subitems: Counts } {
	const known = countsOfChunks.get(chunk);
	if (known !== undefined) return known;
	const items = { ...NONE };
	const subitems = { ...NONE };
	for (const { status, subtasks } of chunk) {
		items[status] += 1;
		for (const sub of subtasks) subitems[sub.status] += 1;
	}
	countsOfChunks.set(chunk, { items, subitems });
	return { items, subitems };
}

function add(to: Counts, counts: Readonly<Counts>): void {
	for (const status of Object.keys(counts) as ItemStatus[]) to[status] += counts[status];
}

function statsIn(counts: Readonly<Counts>) {
	const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
	return {
		total,
		completed: counts.done,
		inProgress: counts['in-progress'],
		pending: counts.pending,
		blocked: counts.blocked,
		deferred: counts.deferred,
		cancelled: counts.cancelled,
		review: counts.review,
		completionPercentage: total === 0 ? 0 : (counts.done / total) * 100,
	};
}
