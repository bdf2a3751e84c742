import type { Item } from './item.ts';

/** ItemList holds a tag's items in their order, in chunks, so that a change copies one chunk and shares the rest. */
export type ItemList = readonly ItemChunk[];

/** ItemChunk is a stretch of an item list; what is derived from one is kept by its identity. */
export type ItemChunk = readonly Item[];

const CHUNK = 64;

/** NO_ITEMS is the empty list. */
export const NO_ITEMS: ItemList = [];

/** listOf makes a list. */
export function listOf(items: readonly Item[]): ItemList {
	const chunks: ItemChunk[] = [];
	for (let from = 0; from < items.length; from += CHUNK) chunks.push(items.slice(from, from + CHUNK));
	return chunks;
}

/** itemsOf is a list flat. */
export const itemsOf = (list: ItemList): Item[] => list.flat();

/** countItems says how many there are. */
export function countItems(list: ItemList): number {
	let count = 0;
	for (const chunk of list) count += chunk.length;
	return count;
}

/** itemById finds an item. */
export function itemById(list: ItemList, id: number): Item | undefined {
	const at = indexOf(list).chunkOf(id);
	const chunk = list[at];
	return chunk?.[chunkIndex(chunk).place(id)];
}

/** largestId is 0 for an empty list. */
export function largestId(list: ItemList): number {
	let largest = 0;
	for (const chunk of list) largest = Math.max(largest, chunkIndex(chunk).max);
	return largest;
}

/** withReplaced puts items in the places of those with their ids; unknown ones are left out. */
export function withReplaced(list: ItemList, items: readonly Item[]): ItemList {
	const index = indexOf(list);
	const next = [...list];
	const copied = new Map<number, Item[]>();
	for (const item of items) {
		const at = index.chunkOf(item.id);
		const chunk = list[at];
		if (chunk === undefined) continue;
		const copy = copied.get(at) ?? [...chunk];
		copied.set(at, copy);
		copy[chunkIndex(chunk).place(item.id)] = item;
		next[at] = copy;
	}
	return next;
}

/** without leaves items out. */
export function without(list: ItemList, ids: readonly number[]): ItemList {
	const index = indexOf(list);
	const gone = new Set(ids);
	const touched = new Set(ids.map((id) => index.chunkOf(id)));
	const next = list.map((chunk, at) => (touched.has(at) ? chunk.filter(({ id }) => !gone.has(id)) : chunk));
	return next.filter((chunk) => chunk.length > 0);
}

/** withAdded puts each item before the first one with a greater id: as a rule to the end. */
export function withAdded(list: ItemList, items: readonly Item[]): ItemList {
	const next = [...list];
	let largest = largestId(list);
	for (const item of items) {
		if (item.id > largest) append(next, item);
		else insert(next, item);
		largest = Math.max(largest, item.id);
	}
	return next;
}

/** inOrder puts the items into the order of `ids`; those not named come last, as they were. */
export function inOrder(list: ItemList, ids: readonly number[]): ItemList {
	const named = new Set(ids);
	const ordered = ids.flatMap((id) => itemById(list, id) ?? []);
	return listOf([...new Set(ordered), ...itemsOf(list).filter(({ id }) => !named.has(id))]);
}

function append(chunks: ItemChunk[], item: Item): void {
	const last = chunks.at(-1);
	if (last === undefined || last.length >= CHUNK) chunks.push([item]);
	else chunks[chunks.length - 1] = [...last, item];
}

function insert(chunks: ItemChunk[], item: Item): void {
	const at = chunks.findIndex((chunk) => chunkIndex(chunk).max > item.id);
	const chunk = chunks[at] ?? [];
	const place = chunk.findIndex(({ id }) => id > item.id);
	const grown = chunk.toSpliced(place, 0, item);
	if (grown.length <= 2 * CHUNK) chunks[at] = grown;
	else chunks.splice(at, 1, grown.slice(0, CHUNK), grown.slice(CHUNK));
}

/** Derived from chunks and lists, found by their identity: a changed chunk is another one. */
const chunkIndexes = new WeakMap<ItemChunk, ChunkIndex>();
const listIndexes = new WeakMap<ItemList, ListIndex>();

interface ChunkIndex {
	readonly min: number;
	readonly max: number;
	readonly sorted: boolean;
	place(id: number): number;
}

interface ListIndex {
	/** -1 for an unknown id. */
	chunkOf(id: number): number;
}

function chunkIndex(chunk: ItemChunk): ChunkIndex {
	const known = chunkIndexes.get(chunk);
	if (known !== undefined) return known;
	let min = Number.POSITIVE_INFINITY;
	let max = 0;
	let sorted = true;
	for (const { id } of chunk) {
		if (id <= max) sorted = false;
		min = Math.min(min, id);
		max = Math.max(max, id);
	}
	const dense = sorted && max - min + 1 === chunk.length;
	const places = dense ? undefined : new Map(chunk.map(({ id }, at) => [id, at]));
	const place =
		places === undefined
			? (id: number) => (id >= min && id <= max ? id - min : -1)
			: (id: number) => places.get(id) ?? -1;
	const index = { min, max, sorted, place };
	chunkIndexes.set(chunk, index);
	return index;
}

function indexOf(list: ItemList): ListIndex {
	const known = listIndexes.get(list);
	if (known !== undefined) return known;
	const chunks = list.map(chunkIndex);
	const sorted = chunks.every(({ min, sorted }, at) => sorted && (at === 0 || (chunks[at - 1]?.max ?? 0) < min));
	const index = { chunkOf: sorted ? searched(chunks) : scanned(chunks) };
	listIndexes.set(list, index);
	return index;
}

function searched(chunks: readonly ChunkIndex[]) {
	return (id: number) => {
		let low = 0;
		let high = chunks.length - 1;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((chunks[middle]?.max ?? 0) < id) low = middle + 1;
			else high = middle;
		}
		return (chunks[low]?.place(id) ?? -1) === -1 ? -1 : low;
	};
}

function scanned(chunks: readonly ChunkIndex[]) {
	return (id: number) => chunks.findIndex(({ min, max, place }) => id >= min && id <= max && place(id) !== -1);
}
