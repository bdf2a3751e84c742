import type { Token } from 'marked';
import { closeHalfOpen } from './half-open.ts';
import { blocksOf, type MarkdownBlock, markdownTokens } from './markdown.ts';

/** BlockCutter cuts one text into blocks again and again while it grows; `open`: more of it is to come. */
export type BlockCutter = (
	text: string,
	how: { readonly open: boolean; readonly sources: number },
) => readonly MarkdownBlock[];

/**
 * createBlockCutter remembers which blocks nothing that follows can change, so that only the end of a growing text is read
 * again. A text that does not go on from the last one is read anew.
 */
export function createBlockCutter(): BlockCutter {
	let settled: Settled = NOTHING;
	return (written, { open, sources }) => {
		const text = written.includes('\r') ? written.replace(/\r\n?/g, '\n') : written;
		if (settled.sources !== sources || !text.startsWith(settled.text)) settled = { ...NOTHING, sources };
		const rest = text.slice(settled.text.length);
		// An address given at the end of a text changes links anywhere before it.
		if (DEFINITION.test(rest) || settled.defines) {
			settled = { ...NOTHING, sources, defines: true };
			return blocksOf(markdownTokens(open ? closeHalfOpen(text) : text, sources), sources);
		}
		const tokens = markdownTokens(rest, sources);
		const mended = open ? closeHalfOpen(rest) : rest;
		const shown = mended === rest ? tokens : markdownTokens(mended, sources);
		const blocks = [...settled.blocks, ...blocksOf(shown, sources)];
		settled = settle(settled, rest, tokens);
		return blocks;
	};
}

interface Settled {
	readonly text: string;
	readonly blocks: readonly MarkdownBlock[];
	readonly sources: number;
	/** The text has addresses of reference links, so nothing in it is settled. */
	readonly defines: boolean;
}

const NOTHING: Settled = { text: '', blocks: [], sources: 0, defines: false };
const DEFINITION = /^ {0,3}\[[^\]\n]+\]:/m;

/**
 * What stands before the last two groups of lines is settled. One would not do: after `1. one`, an empty line and `2` the
 * next sign may be a dot, and then the `2` belongs to the list.
 */
function settle(before: Settled, rest: string, tokens: readonly Token[]): Settled {
	const starts: { readonly at: number; readonly index: number }[] = [];
	let at = 0;
	for (const [index, token] of tokens.entries()) {
		if (!rest.startsWith(token.raw, at)) return before;
		if (token.type !== 'space' && /\n[ \t]*\n$/.test(rest.slice(Math.max(0, at - 80), at))) starts.push({ at, index });
		at += token.raw.length;
	}
	const start = starts.at(-2);
	if (start === undefined) return before;
	return {
		...before,
		text: before.text + rest.slice(0, start.at),
		blocks: [...before.blocks, ...blocksOf(tokens.slice(0, start.index), before.sources)],
	};
}
