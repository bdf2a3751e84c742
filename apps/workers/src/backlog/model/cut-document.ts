import { sizeOf } from '../../text/model/asking/text-size.ts';

/** DocumentPart is a piece of a document that a model reads at once, named by the heading it begins with. */
export interface DocumentPart {
	readonly name: string;
	readonly markdown: string;
}

/** cutDocument cuts a document into parts of at most `maxSize` (`sizeOf`), between sections where there are any, else between lines. */
export function cutDocument(markdown: string, maxSize: number): DocumentPart[] {
	const blocks = blocksIn(markdown).flatMap((block) => (sizeOf(block) <= maxSize ? [block] : piecesOf(block, maxSize)));
	const parts: string[] = [];
	let size = 0;
	for (const block of blocks) {
		const own = sizeOf(block);
		const last = parts.length - 1;
		// A part rather ends early where something large begins than in the middle of it.
		const isTurn = /^#{1,2} /.test(block) && size > maxSize * 0.75;
		if (last < 0 || size + own > maxSize || isTurn) {
			parts.push(block);
			size = own;
		} else {
			parts[last] = `${parts[last] ?? ''}\n${block}`;
			size += own;
		}
	}
	return parts.map((part, at) => ({ name: nameOf(part, at), markdown: part }));
}

function blocksIn(markdown: string): string[] {
	const blocks: string[] = [];
	let lines: string[] = [];
	for (const line of markdown.split('\n')) {
		if (/^#{1,6} /.test(line) && lines.length > 0) {
			blocks.push(lines.join('\n'));
			lines = [];
		}
		lines.push(line);
	}
	blocks.push(lines.join('\n'));
	return blocks.filter((block) => block.trim() !== '');
}

function piecesOf(block: string, maxSize: number): string[] {
	const pieces: string[] = [];
	let lines: string[] = [];
	let size = 0;
	for (const line of block.split('\n').flatMap((one) => chunks(one, Math.max(100, Math.floor(maxSize / 3))))) {
		const own = sizeOf(line) + 1;
		if (size + own > maxSize && lines.length > 0) {
			pieces.push(lines.join('\n'));
			[lines, size] = [[], 0];
		}
		lines.push(line);
		size += own;
	}
	if (lines.length > 0) pieces.push(lines.join('\n'));
	return pieces;
}

function chunks(line: string, most: number): string[] {
	if (line.length <= most) return [line];
	return Array.from({ length: Math.ceil(line.length / most) }, (_, at) => line.slice(at * most, (at + 1) * most));
}

function nameOf(part: string, at: number): string {
	const heading = /^#{1,6} +(.{1,80})/m.exec(part)?.[1]?.trim();
	return heading === undefined ? `part ${at + 1}` : `part ${at + 1} (“${heading}”)`;
}
