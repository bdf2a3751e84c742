import { describe, expect, it } from 'vitest';
import { type GraphNode, layOut, reach } from './graph-layout.ts';

const layersOf = (nodes: readonly GraphNode[]) =>
	Object.fromEntries(layOut(nodes).nodes.map(({ id, layer }) => [id, layer]));

describe('layOut', () => {
	it('puts each node right of all it needs', () => {
		const nodes = [
			{ id: 1, needs: [] },
			{ id: 2, needs: [1] },
			{ id: 3, needs: [1, 2] },
			{ id: 4, needs: [1] },
		];
		expect(layersOf(nodes)).toEqual({ 1: 0, 2: 1, 3: 2, 4: 1 });
	});

	it('leads a line through a gap of the layers it passes', () => {
		const { edges, nodes } = layOut([
			{ id: 1, needs: [] },
			{ id: 2, needs: [1] },
			{ id: 3, needs: [2, 1] },
		]);
		const [gap] = edges.find(({ from, to }) => from === 1 && to === 3)?.via ?? [];
		const passed = nodes.find(({ id }) => id === 2);
		expect(gap?.layer).toBe(1);
		expect(Math.abs((gap?.row ?? 0) - (passed?.row ?? 0))).toBeGreaterThan(0.5);
	});

	it('shows a circle, with the edge that closes it marked, and all of its nodes', () => {
		const { nodes, edges } = layOut([
			{ id: 1, needs: [3] },
			{ id: 2, needs: [1] },
			{ id: 3, needs: [2] },
			{ id: 4, needs: [4] },
		]);
		expect(nodes).toHaveLength(4);
		expect(edges.filter(({ back }) => back)).toHaveLength(2);
	});

	it('never puts two nodes in one place, and bears long chains and unknown needs', () => {
		const chain = Array.from({ length: 5_000 }, (_, at) => ({ id: at + 1, needs: [at] }));
		expect(layersOf(chain)[5_000]).toBe(4_999);
		const many = Array.from({ length: 300 }, (_, at) => ({
			id: at + 1,
			needs: at < 40 ? [] : [at % 7, (at * 3) % 40],
		}));
		const { nodes } = layOut(many);
		expect(new Set(nodes.map(({ layer, row }) => `${layer}/${row}`)).size).toBe(300);
	});
});

it('reaches everything through others, and ends in a circle', () => {
	const next = new Map([
		[1, [2]],
		[2, [3, 1]],
		[3, [2]],
	]);
	expect([...reach(1, next)].toSorted()).toEqual([2, 3]);
});
