import type { StormMessage } from './storm-message.ts';

/** MarkedText is something Errand said, and whether it said that it may be a repeat. */
export interface MarkedText {
	readonly text: string;
	readonly repeated: boolean;
}

/** readMark takes the mark of a repeat off a text. */
export function readMark(text: string): MarkedText {
	const repeated = text.includes('You may have this already.');
	return { text, repeated };
}

/** answersTo counts what somebody saw of the answer to messages with this answer. */
export function answersTo({ answer }: StormMessage, seen: readonly MarkedText[]): { whole: number; repeated: number } {
	const found = seen.filter(({ text }) => text.includes(answer));
	const repeated = found.filter((one) => one.repeated).length;
	return { whole: found.length - repeated, repeated };
}
