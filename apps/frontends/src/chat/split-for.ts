import { splitText } from './split-text.ts';

/** SplitFor says how long a part may be, and how Markdown becomes what the platform takes. */
interface SplitFor {
	readonly limit: number;
	readonly render: (markdown: string) => string;
	/** How the platform counts what is rendered; its characters if left out. */
	readonly measure?: (rendered: string) => number;
}

/**
 * splitFor renders Markdown in parts that are within the limit, each valid on its own. There is at least one part, which is
 * empty only if there is nothing to show.
 */
export function splitFor(markdown: string, { limit, render, measure = (text) => text.length }: SplitFor): string[] {
	const parts: string[] = [];
	const waiting = splitText(markdown, limit)
		.toReversed()
		.map((source) => ({ source, room: limit }));
	for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
		const { source, room } = next;
		const rendered = render(source);
		const length = measure(rendered);
		if (length <= limit) {
			if (rendered.trim() !== '') parts.push(rendered);
			continue;
		}
		if (room <= 1) continue;
		const smaller = Math.max(1, Math.floor(Math.min(room, source.length) * Math.min(0.9, (limit / length) * 0.95)));
		const pieces = splitText(source, smaller).map((piece) => ({ source: piece, room: smaller }));
		waiting.push(...pieces.toReversed());
	}
	return parts.length === 0 ? [''] : parts;
}
