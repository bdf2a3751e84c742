import { readdirSync, readFileSync } from 'node:fs';

/** TreeMemory is what a process and all its descendants take, shared pages counted by share (PSS). */
export interface TreeMemory {
	readonly bytes: number;
	readonly processes: number;
}

/** treeMemory reads the memory of a process tree from /proc (Linux only). */
export function treeMemory(root: number): TreeMemory {
	const parents = parentsOfAll();
	const tree = new Set([root]);
	// A child's id may be lower than its parent's, so go on until nothing is added.
	for (let before = 0; before < tree.size; ) {
		before = tree.size;
		for (const [pid, parent] of parents) if (tree.has(parent)) tree.add(pid);
	}
	const sizes = [...tree].map(pssOf).filter((size) => size > 0);
	return { bytes: sizes.reduce((sum, size) => sum + size, 0), processes: sizes.length };
}

function parentsOfAll(): Map<number, number> {
	const parents = new Map<number, number>();
	for (const name of readdirSync('/proc')) {
		if (!/^\d+$/.test(name)) continue;
		// The command in brackets may hold anything; the parent is the second field behind it.
		const fields = textOf(`/proc/${name}/stat`).split(') ').at(-1)?.split(' ');
		parents.set(Number(name), Number(fields?.[1]));
	}
	return parents;
}

function pssOf(pid: number): number {
	return Number(/^Pss:\s+(\d+) kB/m.exec(textOf(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1_024;
}

/** A process may end while it is looked at. */
function textOf(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return '';
	}
}
