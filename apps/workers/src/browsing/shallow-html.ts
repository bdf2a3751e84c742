import { Parser } from 'htmlparser2';

/**
 * shallowHtml cuts a page off where its elements are nested hopelessly deep: scripts nest as deep as they like, and parsers
 * take time by the square of the depth.
 */
export function shallowHtml(html: string): string {
	const limit = Math.min(html.length, MAX_HTML);
	let depth = 0;
	const parser = new Parser({
		onopentag: () => (depth += 1),
		onclosetag: () => (depth -= 1),
	});
	let at = 0;
	while (at < limit && depth <= MAX_DEPTH) {
		parser.write(html.slice(at, at + CHUNK));
		at += CHUNK;
	}
	return html.slice(0, Math.min(at, limit));
}

const MAX_HTML = 8_000_000;
const MAX_DEPTH = 512;
const CHUNK = 4_096;
