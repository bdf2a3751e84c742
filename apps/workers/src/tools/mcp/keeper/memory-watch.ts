import { readdirSync, readFileSync } from 'node:fs';
import { residentMb } from '../../../children/resident-memory.ts';

/** watchMemory calls back once a process and all it started hold more than that; returns the way to stop. Linux only. */
export function watchMemory(pid: number, limitMb: number, onOver: (heldMb: number) => void): () => void {
	const timer = setInterval(() => {
		const held = treeOf(pid).reduce((sum, one) => sum + (residentMb(one) ?? 0), 0);
		if (held <= limitMb) return;
		clearInterval(timer);
		onOver(Math.round(held));
	}, LOOK_EVERY_MS);
	timer.unref();
	return () => clearInterval(timer);
}

const LOOK_EVERY_MS = 500;
const MAX_PROCESSES = 500;

function treeOf(root: number): number[] {
	const tree = [root];
	for (const pid of tree) {
		if (tree.length > MAX_PROCESSES) break;
		tree.push(...childrenOf(pid));
	}
	return tree;
}

function childrenOf(pid: number): number[] {
	try {
		const threads = readdirSync(`/proc/${pid}/task`);
		return threads.flatMap((thread) =>
			readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').split(' ').filter(Boolean).map(Number),
		);
	} catch {
		return [];
	}
}
