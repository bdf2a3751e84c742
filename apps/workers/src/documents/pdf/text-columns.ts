import { type Line, lineOf } from './text-lines.ts';

/**
 * readingOrder puts the lines of a page set in two columns of running text one column after the other, between the lines
 * that cross both. A table is no such page: its left cells do not fill their column.
 */
export function readingOrder(lines: readonly Line[], pageWidth: number): Line[] {
	const gutter = findGutter(lines, pageWidth);
	if (gutter === undefined) return [...lines];
	const ordered: Line[] = [];
	let left: Line[] = [];
	let right: Line[] = [];
	for (const line of lines) {
		if (crosses(line, gutter)) {
			ordered.push(...left, ...right, line);
			left = [];
			right = [];
			continue;
		}
		const sides = [
			line.segments.filter(({ right: end }) => end <= gutter),
			line.segments.filter(({ x }) => x >= gutter),
		];
		if (sides[0]?.length) left.push(lineOf(sides[0], line));
		if (sides[1]?.length) right.push(lineOf(sides[1], line));
	}
	return [...ordered, ...left, ...right];
}

const MIN_LINES = 8;

function findGutter(lines: readonly Line[], width: number): number | undefined {
	for (let step = 0; step <= 20; step += 1) {
		// From the middle outward.
		const gutter = width * (0.5 + (step % 2 === 0 ? 1 : -1) * Math.ceil(step / 2) * 0.02);
		if (isGutter(lines, gutter)) return gutter;
	}
	return undefined;
}

function isGutter(lines: readonly Line[], gutter: number): boolean {
	const parted = lines.filter((line) => !crosses(line, gutter));
	if (parted.length < MIN_LINES || parted.length < 0.7 * lines.length) return false;
	const segments = parted.flatMap((line) => line.segments);
	const left = segments.filter((segment) => segment.right <= gutter);
	const right = segments.filter((segment) => segment.x >= gutter);
	return [left, right].every((side) => {
		if (side.length < MIN_LINES || side.length > 1.3 * parted.length) return false;
		const start = Math.min(...side.map((segment) => segment.x));
		const end = Math.max(...side.map((segment) => segment.right));
		const full = side.filter((segment) => segment.right - segment.x >= 0.75 * (end - start));
		return full.length >= 0.6 * side.length && full.every((segment) => segment.text.length >= 15);
	});
}

function crosses(line: Line, gutter: number): boolean {
	return line.segments.some((segment) => segment.x < gutter && segment.right > gutter);
}
