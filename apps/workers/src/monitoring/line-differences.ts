import { diffArrays } from 'diff';

/** LineDifferences are places of lines that only one version has, and how many stand elsewhere now. */
export interface LineDifferences {
	readonly removed: readonly number[];
	readonly added: readonly number[];
	readonly moved: number;
}

/** Beyond that, which lines of several alike moved is not worth the time. */
const MAX_EDITS = 2_000;

/** lineDifferences holds keys of lines against each other. What is gone in one place and comes in another has moved; empty keys are passed over. */
export function lineDifferences(before: readonly string[], after: readonly string[]): LineDifferences {
	const [old, now] = [placed(before), placed(after)];
	const apart = inOrder(old, now) ?? { removed: old, added: now };
	const come = Map.groupBy(apart.added, ({ key }) => key);
	const removed: number[] = [];
	let moved = 0;
	for (const { key, at } of apart.removed) {
		if (come.get(key)?.pop() === undefined) removed.push(at);
		else moved += 1;
	}
	const added = [...come.values()].flatMap((left) => left.map(({ at }) => at));
	return { removed, added: added.sort((one, other) => one - other), moved: apart.removed === old ? 0 : moved };
}

interface Placed {
	readonly key: string;
	readonly at: number;
}

function placed(keys: readonly string[]): Placed[] {
	return keys.flatMap((key, at) => (key === '' ? [] : [{ key, at }]));
}

function inOrder(old: readonly Placed[], now: readonly Placed[]): { removed: Placed[]; added: Placed[] } | undefined {
	const keys = (lines: readonly Placed[]) => lines.map(({ key }) => key);
	const parts = diffArrays(keys(old), keys(now), { maxEditLength: MAX_EDITS });
	if (parts === undefined) return undefined;
	const removed: Placed[] = [];
	const added: Placed[] = [];
	let [from, to] = [0, 0];
	for (const part of parts) {
		const { length } = part.value;
		if (part.removed) removed.push(...old.slice(from, from + length));
		if (part.added) added.push(...now.slice(to, to + length));
		if (!part.added) from += length;
		if (!part.removed) to += length;
	}
	return { removed, added };
}
