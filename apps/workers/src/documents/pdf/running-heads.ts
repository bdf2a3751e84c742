import type { Line } from './text-lines.ts';

/**
 * withoutRunningHeads drops what repeats at the top and bottom of pages, and page numbers. The first sight of a repeated
 * head stays, because it may be the document's name or the head of a table that goes on.
 */
export function withoutRunningHeads(pages: readonly (readonly Line[])[]): Line[][] {
	const heads = repeated(pages, (lines) => lines.slice(0, 2));
	const feet = repeated(pages, (lines) => lines.slice(-2));
	const seen = new Set<string>();
	return pages.map((lines, page) =>
		lines.filter((line, index) => {
			const atTop = index < 2;
			const atBottom = index >= lines.length - 2;
			if (!atTop && !atBottom) return true;
			if (pages.length > 1 && PAGE_NUMBER.test(line.text)) return false;
			const key = keyOf(line, page);
			if (atBottom && feet.has(key) && !(atTop && heads.has(key))) return false;
			if (!(atTop && heads.has(key))) return true;
			const first = !seen.has(key);
			seen.add(key);
			return first;
		}),
	);
}

const PAGE_NUMBER =
	/^(?:[-–—]\s*)?(?:(?:page|p\.|seite|página|pagina)\s*)?\d{1,4}(?:\s*(?:of|\/|von|de|di)\s*\d{1,4})?(?:\s*[-–—])?$/i;

function repeated(
	pages: readonly (readonly Line[])[],
	zone: (lines: readonly Line[]) => readonly Line[],
): ReadonlySet<string> {
	const counts = new Map<string, number>();
	for (const [page, lines] of pages.entries()) {
		// A page this short may be all head and foot.
		if (lines.length < 4) continue;
		for (const key of new Set(zone(lines).map((line) => keyOf(line, page))))
			counts.set(key, (counts.get(key) ?? 0) + 1);
	}
	return new Set([...counts].filter(([, count]) => count >= 2 && count >= 0.5 * pages.length).map(([key]) => key));
}

function keyOf(line: Line, page: number): string {
	return line.text.replace(new RegExp(`\\b${page + 1}\\b`), '#');
}
