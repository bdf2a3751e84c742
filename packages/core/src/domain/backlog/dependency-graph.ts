import type { Item, ItemReference } from './item.ts';
import { type ItemList, itemById, largestId } from './item-list.ts';
import { type PathKey, pathKey, pathOfKey, subitemOf, targetKey } from './item-path.ts';
import { chunkTargets } from './item-references.ts';

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
	/** The whole circle, from the owner to the owner; named for the first ones only. */
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
	const keys: PathKey[] = [];
	let edges = 0;
	const nodes = nodesById(list);
	for (const chunk of list) {
		for (const item of chunk) {
			nodes.set(item.id, keys.length);
			keys.push(pathKey(item.id));
			edges += item.dependencies.length;
			for (const sub of item.subtasks) {
				keys.push(pathKey(item.id, sub.id));
				edges += sub.dependencies.length;
			}
		}
	}
	const first = new Int32Array(keys.length + 1);
	const targets = new Int32Array(edges);
	const missing: BadReference[] = [];
	const self: BadReference[] = [];
	let node = 0;
	let edge = 0;
	const link = (owner: Item, isSubitem: boolean, references: readonly ItemReference[]) => {
		first[node] = edge;
		for (const reference of references) {
			const target =
				typeof reference === 'number' && !isSubitem
					? nodes.get(reference)
					: nodeOf(list, nodes, targetKey(owner, isSubitem, reference));
			if (target === node || target === -1) {
				const bad = { owner: keys[node] ?? 0, target: targetKey(owner, isSubitem, reference) };
				(target === node ? self : missing).push(bad);
			} else {
				targets[edge] = target;
				edge += 1;
			}
		}
		node += 1;
	};
	for (const chunk of list) {
		for (const item of chunk) {
			link(item, false, item.dependencies);
			for (const sub of item.subtasks) link(item, true, sub.dependencies);
		}
	}
	first[node] = edge;
	return { keys, first, targets: targets.subarray(0, edge), missing, self };
}

interface NodesById {
	get(id: number): number;
	set(id: number, node: number): void;
}

/** Ids are small as a rule: an array serves best. */
function nodesById(list: ItemList): NodesById {
	const largest = largestId(list);
	if (largest > 200_000) {
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

function nodeOf(list: ItemList, nodes: NodesById, key: PathKey): number {
	const { item, sub } = pathOfKey(key);
	const node = nodes.get(item);
	if (sub === undefined || node === -1) return node;
	const subtasks = itemById(list, item)?.subtasks ?? [];
	const at = subtasks[sub - 1]?.id === sub ? sub - 1 : subtasks.findIndex(({ id }) => id === sub);
	return at === -1 ? -1 : node + 1 + at;
}

/** Circles named in full; of more only the closing edge is told. */
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
	const circle = path.slice(from).map((node) => keys[node] ?? 0);
	const owner = circle.at(-1) ?? 0;
	return { cycle: [owner, ...circle] };
}

/** pathBetween finds the shortest way along dependencies from one to another, both included; undefined where there is none. */
export function pathBetween(list: ItemList, from: PathKey, to: PathKey): PathKey[] | undefined {
	if (from === to) return [from];
	if (!list.some((chunk) => chunkTargets(chunk).has(to))) return undefined;
	const cameFrom = new Map<PathKey, PathKey>([[from, from]]);
	const queue = [from];
	for (let at = 0; at < queue.length; at += 1) {
		const key = queue[at] ?? 0;
		for (const target of targetsOf(list, key)) {
			if (cameFrom.has(target)) continue;
			cameFrom.set(target, key);
			if (target === to) return way(cameFrom, from, to);
			queue.push(target);
		}
	}
	return undefined;
}

function way(cameFrom: ReadonlyMap<PathKey, PathKey>, from: PathKey, to: PathKey): PathKey[] {
	const back = [to];
	for (let key = to; key !== from; ) {
		key = cameFrom.get(key) ?? from;
		back.push(key);
	}
	return back.toReversed();
}

function targetsOf(list: ItemList, key: PathKey): PathKey[] {
	const { item: id, sub } = pathOfKey(key);
	const item = itemById(list, id);
	if (item === undefined) return [];
	const owner = sub === undefined ? item : subitemOf(item, sub);
	return owner?.dependencies.map((reference) => targetKey(item, sub !== undefined, reference)) ?? [];
}
