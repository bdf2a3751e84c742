/** PlacedText is a line that only one version has, and where it stands there. */
export interface PlacedText {
	readonly at: number;
	readonly text: string;
}

/** LinePair is two versions of one line, or a line that has no other version. */
export interface LinePair {
	readonly before?: number;
	readonly after?: number;
}

const ALIKE = 0.5;
/** All against all, up to so many on each side; longer lists of differences are paired by what stands nearest. */
const MAX_COMPARED = 150;

/** pairLines finds which line that is gone became which line that came: those most alike first. */
export function pairLines(removed: readonly PlacedText[], added: readonly PlacedText[]): LinePair[] {
	const wordsOf = (lines: readonly PlacedText[]) =>
		lines.map(({ text }) => new Set(text.match(/[\p{L}\p{N}.,'$€£%-]+/gu)));
	const [old, now] = [wordsOf(removed), wordsOf(added)];
	const candidates: { from: number; to: number; alike: number }[] = [];
	for (const [from, words] of old.entries()) {
		const [start, end] =
			old.length > MAX_COMPARED || now.length > MAX_COMPARED ? [from - 5, from + 6] : [0, now.length];
		for (let to = Math.max(0, start); to < Math.min(end, now.length); to += 1) {
			const alike = likeness(words, now[to] ?? new Set());
			if (alike >= ALIKE) candidates.push({ from, to, alike });
		}
	}
	// One line for one other: what little they share is enough, if they share anything.
	const [single, other] = [old[0], now[0]];
	if (
		candidates.length === 0 &&
		old.length === 1 &&
		now.length === 1 &&
		single &&
		other &&
		likeness(single, other) > 0
	) {
		candidates.push({ from: 0, to: 0, alike: 1 });
	}
	candidates.sort((one, two) => two.alike - one.alike || Math.abs(one.from - one.to) - Math.abs(two.from - two.to));
	const partnerOf = new Map<number, number>();
	const taken = new Set<number>();
	for (const { from, to } of candidates) {
		if (partnerOf.has(from) || taken.has(to)) continue;
		partnerOf.set(from, to);
		taken.add(to);
	}
	const gone = removed.flatMap(({ at }, from): LinePair[] => {
		const to = partnerOf.get(from);
		const after = to === undefined ? undefined : added[to]?.at;
		return [after === undefined ? { before: at } : { before: at, after }];
	});
	return [...gone, ...added.flatMap(({ at }, to) => (taken.has(to) ? [] : [{ after: at }]))];
}

/** The part of their words that two lines share; figures that differ weigh nothing, because they are what changes. */
function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
	const [a, b] = [withoutFigures(one), withoutFigures(other)];
	if (a.size === 0 && b.size === 0) return one.size > 0 && other.size > 0 ? 0.6 : 0;
	let shared = 0;
	for (const word of a) if (b.has(word)) shared += 1;
	return (2 * shared) / (a.size + b.size);
}

function withoutFigures(words: ReadonlySet<string>): Set<string> {
	return new Set([...words].filter((word) => !/\d/.test(word)));
}
