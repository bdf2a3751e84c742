/** DiffLine is one line of two texts beside each other. */
export interface DiffLine {
	readonly kind: 'same' | 'added' | 'removed';
	readonly text: string;
}
/** DiffPart is lines that stand together, or lines that are the same in both and left out. */
export type DiffPart = { readonly lines: readonly DiffLine[] } | { readonly left: number };

/** Beyond that many pairs of lines, what differs is shown as all removed and all added. */
const MOST_PAIRS = 4_000_000;
/** Lines shown around what differs. */
const AROUND = 3;

/** lineDiff compares two texts line by line: what was in the older one and not in the newer is removed. */
export function lineDiff(older: string, newer: string): readonly DiffLine[] {
	const [old, fresh] = [older.trimEnd().split('\n'), newer.trimEnd().split('\n')];
	let first = 0;
	while (first < old.length && first < fresh.length && old[first] === fresh[first]) first++;
	let last = 0;
	while (
		last < old.length - first &&
		last < fresh.length - first &&
		old[old.length - 1 - last] === fresh[fresh.length - 1 - last]
	)
		last++;
	const same = (lines: readonly string[]) => lines.map((text): DiffLine => ({ kind: 'same', text }));
	return [
		...same(old.slice(0, first)),
		...between(old.slice(first, old.length - last), fresh.slice(first, fresh.length - last)),
		...same(old.slice(old.length - last)),
	];
}

/** diffParts leaves out what is the same and far from any difference. */
export function diffParts(lines: readonly DiffLine[]): readonly DiffPart[] {
	const shown = new Set<number>();
	for (const [at, { kind }] of lines.entries()) {
		if (kind !== 'same') for (let near = at - AROUND; near <= at + AROUND; near++) shown.add(near);
	}
	const parts: DiffPart[] = [];
	for (let at = 0; at < lines.length; ) {
		const isShown = shown.has(at);
		let end = at;
		while (end < lines.length && shown.has(end) === isShown) end++;
		parts.push(isShown ? { lines: lines.slice(at, end) } : { left: end - at });
		at = end;
	}
	return parts;
}

/** The longest lines in common stay; what was removed stands before what was added. */
function between(old: readonly string[], fresh: readonly string[]): readonly DiffLine[] {
	const removed = old.map((text): DiffLine => ({ kind: 'removed', text }));
	const added = fresh.map((text): DiffLine => ({ kind: 'added', text }));
	if (old.length === 0 || fresh.length === 0 || old.length * fresh.length > MOST_PAIRS) return [...removed, ...added];
	const wide = fresh.length + 1;
	const common = new Uint32Array((old.length + 1) * wide);
	const at = (one: number, other: number) => common[one * wide + other] ?? 0;
	for (let one = old.length - 1; one >= 0; one--) {
		for (let other = fresh.length - 1; other >= 0; other--) {
			common[one * wide + other] =
				old[one] === fresh[other] ? at(one + 1, other + 1) + 1 : Math.max(at(one + 1, other), at(one, other + 1));
		}
	}
	const lines: DiffLine[] = [];
	let [one, other] = [0, 0];
	while (one < old.length && other < fresh.length) {
		if (old[one] === fresh[other]) {
			lines.push({ kind: 'same', text: old[one] ?? '' });
			one++;
			other++;
		} else if (at(one + 1, other) >= at(one, other + 1)) lines.push(...removed.slice(one, ++one));
		else lines.push(...added.slice(other, ++other));
	}
	return [...lines, ...removed.slice(one), ...added.slice(other)];
}
