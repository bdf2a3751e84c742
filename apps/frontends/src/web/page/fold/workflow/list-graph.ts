import { type GraphLayout, layOut } from '../board/graph-layout.ts';
import { type DraftStep, textOf } from './draft.ts';
import { comesBefore } from './list-edges.ts';
import { rootsOf } from './names.ts';

/** StepEdge leads from a step to one that waits for it: by order, or only because it uses what that gives. */
export interface StepEdge {
	readonly from: number;
	readonly to: number;
	readonly kind: 'order' | 'data';
}

/** ListGraph is a list of steps as it is drawn, from the top down; steps are known by their positions. */
export interface ListGraph {
	readonly edges: readonly StepEdge[];
	readonly layout: GraphLayout;
}

/** listGraph finds what waits for what in a list, and where each step stands. */
export function listGraph(steps: readonly DraftStep[], parallel: boolean): ListGraph {
	const byId = new Map(steps.map((step, at) => [textOf(step, 'id'), at]));
	const edges = steps.flatMap((step, to) => {
		const order = comesBefore(steps, to, parallel);
		const used = [...rootsOf(step)].flatMap((name) => byId.get(name) ?? []);
		const data = [...new Set(used)].filter((from) => from !== to && !order.includes(from));
		return [
			...order.map((from): StepEdge => ({ from, to, kind: 'order' })),
			...data.map((from): StepEdge => ({ from, to, kind: 'data' })),
		];
	});
	const needs = Map.groupBy(edges, ({ to }) => to);
	const layout = layOut(steps.map((_, id) => ({ id, needs: (needs.get(id) ?? []).map(({ from }) => from) })));
	return { edges, layout };
}

/** nearestNode is the step to go to from one by an arrow key: the nearest in that direction; undefined where there is none. */
export function nearestNode(layout: GraphLayout, from: number, key: string): number | undefined {
	const here = layout.nodes.find(({ id }) => id === from);
	if (here === undefined) return undefined;
	const down = { ArrowDown: 1, ArrowUp: -1 }[key];
	const right = { ArrowRight: 1, ArrowLeft: -1 }[key];
	let best: { readonly id: number; readonly far: number } | undefined;
	for (const { id, layer, row } of layout.nodes) {
		const [ahead, aside] =
			down === undefined
				? [(row - here.row) * (right ?? 0), Math.abs(layer - here.layer) * 4]
				: [(layer - here.layer) * down, Math.abs(row - here.row)];
		if (ahead <= 0 || (right !== undefined && aside > 0)) continue;
		const far = ahead * 2 + aside;
		if (best === undefined || far < best.far) best = { id, far };
	}
	return best?.id;
}
