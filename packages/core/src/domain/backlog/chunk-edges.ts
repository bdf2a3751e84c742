import type { Item, ItemReference } from './item.ts';
import type { ItemChunk } from './item-list.ts';
import { type PathKey, pathKey, targetKey } from './item-path.ts';

/** ChunkEdges are the items and subitems of a chunk in their order, and what each waits for, one after the other. */
export interface ChunkEdges {
	readonly keys: readonly PathKey[];
	/** How many references each of `keys` has. */
	readonly counts: readonly number[];
	readonly targets: readonly PathKey[];
}

/** chunkEdges are found once for each chunk. */
export function chunkEdges(chunk: ItemChunk): ChunkEdges {
	const known = edgesOfChunks.get(chunk);
	if (known !== undefined) return known;
	const keys: PathKey[] = [];
	const counts: number[] = [];
	const targets: PathKey[] = [];
	const add = (key: PathKey, owner: Item, isSubitem: boolean, references: readonly ItemReference[]) => {
		keys.push(key);
		counts.push(references.length);
		for (const reference of references) targets.push(targetKey(owner, isSubitem, reference));
	};
	for (const item of chunk) {
		add(pathKey(item.id), item, false, item.dependencies);
		for (const sub of item.subtasks) add(pathKey(item.id, sub.id), item, true, sub.dependencies);
	}
	const edges = { keys, counts, targets };
	edgesOfChunks.set(chunk, edges);
	return edges;
}

const edgesOfChunks = new WeakMap<ItemChunk, ChunkEdges>();

/** chunkTargets are all that the items of a chunk refer to. */
export function chunkTargets(chunk: ItemChunk): ReadonlySet<PathKey> {
	const known = targetsOfChunks.get(chunk);
	if (known !== undefined) return known;
	const targets = new Set(chunkEdges(chunk).targets);
	targetsOfChunks.set(chunk, targets);
	return targets;
}

const targetsOfChunks = new WeakMap<ItemChunk, ReadonlySet<PathKey>>();
