import pc from 'picocolors';

/** Paint colours text, or leaves it as it is where colours are not wanted. */
export interface Paint {
	bold(text: string): string;
	dim(text: string): string;
	italic(text: string): string;
	good(text: string): string;
	bad(text: string): string;
	ask(text: string): string;
	live(text: string): string;
}

/** createPaint gives the terminal's colours. */
export function createPaint(color: boolean): Paint {
	const colors = pc.createColors(color);
	return {
		bold: colors.bold,
		dim: colors.dim,
		italic: colors.italic,
		good: colors.green,
		bad: colors.red,
		ask: colors.yellow,
		live: colors.cyan,
	};
}
