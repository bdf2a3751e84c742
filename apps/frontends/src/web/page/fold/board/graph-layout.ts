/** GraphNode is an item with what it depends on; what is not among the nodes is left out. */
export interface GraphNode {
	readonly id: number;
	readonly needs: readonly number[];
}

/** Point is a place: a layer from the left, and how far down in it, in rows. */
export interface Point {
	readonly layer: number;
	readonly row: number;
}

/** Placed is where a node stands. */
export interface Placed extends Point {
	readonly id: number;
}

/** Edge is what leads from a node to one that needs it; `via` are gaps between nodes that it passes, `back` says it closes a circle. */
export interface Edge {
	readonly from: number;
	readonly to: number;
	readonly back: boolean;
	readonly via: readonly Point[];
}

/** GraphLayout is where everything stands. */
export interface GraphLayout {
	readonly nodes: readonly Placed[];
	readonly edges: readonly Edge[];
	readonly layers: number;
	readonly rows: number;
}

const SWEEPS = 4;

/**
 * layOut puts nodes into layers, each right of all it depends on, and orders layers so that few lines cross. What is connected
 * with nothing stands below, in rows. Circles are opened at the edge that closes them.
 */
export function layOut(nodes: readonly GraphNode[]): GraphLayout {
	const known = new Set(nodes.map(({ id }) => id));
	const needs = new Map(nodes.map(({ id, needs: all }) => [id, [...new Set(all)].filter((one) => known.has(one))]));
	const back = closing(needs);
	const layers = layersOf(needs, back);
	const users = new Map<number, number[]>();
	for (const [id, all] of needs) for (const one of all) users.set(one, [...(users.get(one) ?? []), id]);
	const isLone = (id: number) => (needs.get(id)?.length ?? 0) === 0 && !users.has(id);
	const depth = [...layers.values()].reduce((most, layer) => Math.max(most, layer + 1), 0);
	const columns: number[][] = Array.from({ length: depth }, () => []);
	for (const { id } of nodes) if (!isLone(id)) columns[layers.get(id) ?? 0]?.push(id);
	const edges = [...needs].flatMap(([to, all]) => all.map((from) => ({ from, to, back: back.has(edgeKey(from, to)) })));
	const ways = passing(edges, { columns, layers });
	order(columns, neighboursOf(edges, ways));
	const points = new Map<number, Point>();
	let deepest = 0;
	for (const [layer, column] of columns.entries()) {
		let row = 0;
		for (const id of column) {
			points.set(id, { layer, row: id < 0 ? row + GAP / 2 - 0.5 : row });
			row += id < 0 ? GAP : 1;
		}
		deepest = Math.max(deepest, Math.ceil(row));
	}
	const lone = nodes.filter(({ id }) => isLone(id));
	const width = Math.max(columns.length, Math.min(LONE_IN_A_ROW, lone.length));
	for (const [index, { id }] of lone.entries()) {
		points.set(id, { layer: index % width, row: deepest + Math.floor(index / width) });
	}
	const at = (id: number) => points.get(id) ?? { layer: 0, row: 0 };
	return {
		nodes: nodes.map(({ id }) => ({ id, ...at(id) })),
		edges: edges.map((edge) => ({ ...edge, via: (ways.get(edge) ?? []).map(at) })),
		layers: width,
		rows: deepest + (width === 0 ? 0 : Math.ceil(lone.length / width)),
	};
}

type Line = Pick<Edge, 'from' | 'to' | 'back'>;

/** Lines that pass a layer get a gap in it, of so much of a row; in a thicket there would be more gaps than nodes. */
const GAP = 0.4;
const MOST_GAPS = 1_500;
const LONE_IN_A_ROW = 6;

/** Puts a gap, with an id below zero, into each layer that a line passes. */
function passing(
	edges: readonly Line[],
	{ columns, layers }: { readonly columns: number[][]; readonly layers: ReadonlyMap<number, number> },
): ReadonlyMap<Line, readonly number[]> {
	const ways = new Map<Line, number[]>();
	let gaps = 0;
	for (const edge of edges) {
		const first = (layers.get(edge.from) ?? 0) + 1;
		const last = layers.get(edge.to) ?? 0;
		if (edge.back || gaps + last - first > MOST_GAPS) continue;
		const way: number[] = [];
		for (let layer = first; layer < last; layer++) {
			gaps += 1;
			way.push(-gaps);
			columns[layer]?.push(-gaps);
		}
		if (way.length > 0) ways.set(edge, way);
	}
	return ways;
}

/** What stands before and after each node and gap. */
function neighboursOf(edges: readonly Line[], ways: ReadonlyMap<Line, readonly number[]>) {
	const needs = new Map<number, number[]>();
	const users = new Map<number, number[]>();
	for (const edge of edges) {
		const stops = [edge.from, ...(ways.get(edge) ?? []), edge.to];
		for (const [index, to] of stops.entries()) {
			const from = stops[index - 1];
			if (from === undefined) continue;
			needs.set(to, [...(needs.get(to) ?? []), from]);
			users.set(from, [...(users.get(from) ?? []), to]);
		}
	}
	return { needs, users };
}

/** reach is everything that can be come to from a node along `next`, the node left out. */
export function reach(from: number, next: ReadonlyMap<number, readonly number[]>): ReadonlySet<number> {
	const found = new Set<number>();
	const waiting = [from];
	for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
		for (const one of next.get(id) ?? []) {
			if (one === from || found.has(one)) continue;
			found.add(one);
			waiting.push(one);
		}
	}
	return found;
}

const edgeKey = (from: number, to: number) => `${from}>${to}`;

/** Edges that close a circle; without recursion, because chains are long. */
function closing(needs: ReadonlyMap<number, readonly number[]>): ReadonlySet<string> {
	const back = new Set<string>();
	const state = new Map<number, 'open' | 'over'>();
	for (const start of needs.keys()) {
		if (state.has(start)) continue;
		const path: { id: number; at: number }[] = [{ id: start, at: 0 }];
		state.set(start, 'open');
		for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
			const next = needs.get(top.id)?.[top.at];
			top.at += 1;
			if (next === undefined) {
				state.set(top.id, 'over');
				path.pop();
			} else if (state.get(next) === 'open') back.add(edgeKey(next, top.id));
			else if (!state.has(next)) {
				state.set(next, 'open');
				path.push({ id: next, at: 0 });
			}
		}
	}
	return back;
}

/** The longest way to each node. */
function layersOf(
	needs: ReadonlyMap<number, readonly number[]>,
	back: ReadonlySet<string>,
): ReadonlyMap<number, number> {
	const left = new Map<number, number>();
	const users = new Map<number, number[]>();
	for (const [id, all] of needs) {
		const real = all.filter((one) => !back.has(edgeKey(one, id)));
		left.set(id, real.length);
		for (const one of real) users.set(one, [...(users.get(one) ?? []), id]);
	}
	const layers = new Map<number, number>();
	const ready = [...left].filter(([, count]) => count === 0).map(([id]) => id);
	for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
		const layer = layers.get(id) ?? 0;
		layers.set(id, layer);
		for (const user of users.get(id) ?? []) {
			layers.set(user, Math.max(layers.get(user) ?? 0, layer + 1));
			const count = (left.get(user) ?? 1) - 1;
			left.set(user, count);
			if (count === 0) ready.push(user);
		}
	}
	return layers;
}

/** Each layer by the middle of its neighbours, to and fro. */
function order(
	columns: number[][],
	{ needs, users }: { needs: ReadonlyMap<number, readonly number[]>; users: ReadonlyMap<number, readonly number[]> },
): void {
	const rows = new Map<number, number>();
	const note = (column: readonly number[]) => {
		for (const [row, id] of column.entries()) rows.set(id, row);
	};
	for (const column of columns) note(column);
	for (let sweep = 0; sweep < SWEEPS; sweep++) {
		const next = sweep % 2 === 0 ? needs : users;
		const way = sweep % 2 === 0 ? columns : columns.toReversed();
		for (const column of way) {
			const middle = new Map(column.map((id) => [id, middleOf(next.get(id) ?? [], rows) ?? rows.get(id) ?? 0]));
			column.sort((one, other) => (middle.get(one) ?? 0) - (middle.get(other) ?? 0));
			note(column);
		}
	}
}

function middleOf(ids: readonly number[], rows: ReadonlyMap<number, number>): number | undefined {
	if (ids.length === 0) return undefined;
	return ids.reduce((sum, id) => sum + (rows.get(id) ?? 0), 0) / ids.length;
}
