/** nearestName finds the name someone probably meant: a few letters off, or the same words in another order. */
export function nearestName(wanted: string, names: readonly string[]): string | undefined {
	const limit = Math.max(2, Math.floor(wanted.length / 3));
	let best: { name: string; distance: number } | undefined;
	for (const name of names) {
		const distance =
			sortedWords(name) === sortedWords(wanted) ? 0 : editDistance(wanted.toLowerCase(), name.toLowerCase());
		if (distance <= limit && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { name, distance };
	}
	return best?.name;
}

function sortedWords(name: string): string {
	return name
		.toLowerCase()
		.split(/[^a-z0-9]/)
		.sort()
		.join('.');
}

/** Levenshtein's distance; names have at most 100 characters. */
function editDistance(one: string, other: string): number {
	let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
	for (let row = 1; row <= one.length; row++) {
		const current = [row];
		for (let column = 1; column <= other.length; column++) {
			const cost = one[row - 1] === other[column - 1] ? 0 : 1;
			const replaced = (previous[column - 1] ?? 0) + cost;
			current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
		}
		previous = current;
	}
	return previous[other.length] ?? 0;
}
