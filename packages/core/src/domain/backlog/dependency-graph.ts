import { chunkEdges, chunkTargets } from './chunk-edges.ts';
import { type ItemList, itemById, largestId } from './item-list.ts';
import { type PathKey, pathKey, pathOfKey, subitemOf, targetKey } from './item-path.ts';

/** DependencyGraph is who waits for whom in a tag: items and subitems as nodes, in arrays, so that large ones are walked quickly. */
export interface DependencyGraph {
	/** By node, in the order of the items. */
	readonly keys: readonly PathKey[];
	/** The edges of node n are `targets[first[n]]` up to `first[n + 1]`. */
	readonly first: Int32Array;
	readonly targets: Int32Array;
	/** References that are no edges. */
	readonly missing: readonly BadReference[];
	readonly self: readonly BadReference[];
}

/** BadReference is a dependency that cannot be one. */
export interface BadReference {
	readonly owner: PathKey;
	readonly target: PathKey;
}

/** ClosingEdge is a dependency that closes a circle; without all of these there is none. */
export interface ClosingEdge {
	readonly owner: PathKey;
	readonly target: PathKey;
	/** The circle, from the owner to the owner, of a long one without its middle; named for the first ones only. */
	readonly cycle?: readonly PathKey[] | undefined;
}

/** dependencyGraph reads the graph of a list, once for each list. */
export function dependencyGraph(list: ItemList): DependencyGraph {
	const known = graphs.get(list);
	if (known !== undefined) return known;
	const graph = build(list);
	graphs.set(list, graph);
	return graph;
}

const graphs = new WeakMap<ItemList, DependencyGraph>();

function build(list: ItemList): DependencyGraph {
	const chunks = list.map(chunkEdges);
	const keys = chunks.flatMap((chunk) => chunk.keys);
	const nodes = nodesById(list);
	for (const [node, key] of keys.entries()) if (key % SUBITEMS === 0) nodes.set(key / SUBITEMS, node);
	const edges = chunks.reduce((sum, { targets }) => sum + targets.length, 0);
	const first = new Int32Array(keys.length + 1);
	const targets = new Int32Array(edges);
	const missing: BadReference[] = [];
	const self: BadReference[] = [];
	let node = 0;
	let edge = 0;
	for (const chunk of chunks) {
		let at = 0;
		for (const count of chunk.counts) {
			first[node] = edge;
			for (const end = at + count; at < end; at += 1) {
				const key = chunk.targets[at] ?? 0;
				const target = key % SUBITEMS === 0 ? nodes.get(key / SUBITEMS) : nodeOfSubitem(list, nodes, key);
				if (target === node) self.push({ owner: key, target: key });
				else if (target === -1) missing.push({ owner: keys[node] ?? 0, target: key });
				else {
					targets[edge] = target;
					edge += 1;
				}
			}
			node += 1;
		}
	}
	first[node] = edge;
	return { keys, first, targets: targets.subarray(0, edge), missing, self };
}

/** Keys of items are multiples of this. */
const SUBITEMS = pathKey(1);

interface NodesById {
	get(id: number): number;
	set(id: number, node: number): void;
}

/** Ids are small as a rule: an array serves best. */
const MOST_DENSE = 200_000;

function nodesById(list: ItemList): NodesById {
	const largest = largestId(list);
	if (largest > MOST_DENSE) {
		const nodes = new Map<number, number>();
		return { get: (id) => nodes.get(id) ?? -1, set: (id, node) => nodes.set(id, node) };
	}
	const nodes = new Int32Array(largest + 1).fill(-1);
	return {
		get: (id) => nodes[id] ?? -1,
		set: (id, node) => {
			nodes[id] = node;
		},
	};
}

function nodeOfSubitem(list: ItemList, nodes: NodesById, key: PathKey): number {
	const { item, sub = 0 } = pathOfKey(key);
	const node = nodes.get(item);
	if (node === -1) return -1;
	const subtasks = itemById(list, item)?.subtasks ?? [];
	const at = subtasks[sub - 1]?.id === sub ? sub - 1 : subtasks.findIndex(({ id }) => id === sub);
	return at === -1 ? -1 : node + 1 + at;
}

/** LEFT_OUT stands in a long circle for its middle. */
export const LEFT_OUT: PathKey = 0;
const LONGEST_NAMED = 20;

/** Circles named; of more only the closing edge is told. */
const NAMED = 100;

/** closingEdges finds the dependencies that close circles, in time linear in the graph, without recursion. */
export function closingEdges({ keys, first, targets }: DependencyGraph): ClosingEdge[] {
	const found: ClosingEdge[] = [];
	const next = first.slice();
	/** 0: not seen, -1: done, else its place on the path from 1. */
	const state = new Int32Array(keys.length);
	const path: number[] = [];
	for (let root = 0; root < keys.length; root += 1) {
		if (state[root] !== 0) continue;
		path.push(root);
		state[root] = 1;
		while (path.length > 0) {
			const node = path.at(-1) ?? 0;
			const edge = next[node] ?? 0;
			if (edge >= (first[node + 1] ?? 0)) {
				state[node] = -1;
				path.pop();
				continue;
			}
			next[node] = edge + 1;
			const target = targets[edge] ?? 0;
			const seen = state[target] ?? 0;
			if (seen === 0) {
				path.push(target);
				state[target] = path.length;
			} else if (seen > 0) {
				found.push({ owner: keys[node] ?? 0, target: keys[target] ?? 0, ...named(found.length, keys, path, seen - 1) });
			}
		}
	}
	return found;
}

function named(count: number, keys: readonly PathKey[], path: readonly number[], from: number) {
	if (count >= NAMED) return {};
	const key = (node: number) => keys[node] ?? 0;
	const owner = key(path.at(-1) ?? 0);
	const isLong = path.length - from > LONGEST_NAMED;
	const circle = isLong
		? [...path.slice(from, from + LONGEST_NAMED / 2).map(key), LEFT_OUT, ...path.slice(-LONGEST_NAMED / 2).map(key)]
		: path.slice(from).map(key);
	return { cycle: [owner, ...circle] };
}

/** pathBetween finds the shortest way along dependencies from one to another, both included; undefined where there is none. */
export function pathBetween(list: ItemList, from: PathKey, to: PathKey): PathKey[] | undefined {
	if (from === to) return [from];
	if (!list.some((chunk) => chunkTargets(chunk).has(to))) return undefined;
	const cameFrom = new Predecessors(largestId(list));
	cameFrom.set(from, from);
	const queue = [from];
	for (let at = 0; at < queue.length; at += 1) {
		const key = queue[at] ?? 0;
		const { item: id, sub } = pathOfKey(key);
		const item = itemById(list, id);
		if (item === undefined) continue;
		const owner = sub === undefined ? item : subitemOf(item, sub);
		for (const reference of owner?.dependencies ?? []) {
			const target = targetKey(item, sub !== undefined, reference);
			if (cameFrom.of(target) !== 0) continue;
			cameFrom.set(target, key);
			if (target === to) return way(cameFrom, from, to);
			queue.push(target);
		}
	}
	return undefined;
}

/** Which key each was reached from; 0 where it was not. */
class Predecessors {
	readonly #items: Float64Array;
	readonly #others = new Map<PathKey, PathKey>();

	constructor(largest: number) {
		this.#items = new Float64Array(Math.min(largest, MOST_DENSE) + 1);
	}

	of(key: PathKey): PathKey {
		const id = key / SUBITEMS;
		if (key % SUBITEMS === 0 && id < this.#items.length) return this.#items[id] ?? 0;
		return this.#others.get(key) ?? 0;
	}

	set(key: PathKey, from: PathKey): void {
		const id = key / SUBITEMS;
		if (key % SUBITEMS === 0 && id < this.#items.length) this.#items[id] = from;
		else this.#others.set(key, from);
	}
}

function way(cameFrom: Predecessors, from: PathKey, to: PathKey): PathKey[] {
	const back = [to];
	for (let key = to; key !== from; ) {
		key = cameFrom.of(key);
		back.push(key);
	}
	return back.toReversed();
}
