/** REPEATED_MARK says, in Markdown, that what follows may have arrived already. */
export const REPEATED_MARK = '_(You may have this already.)_';

/** repeatedText says before a text that it may have arrived already. */
export function repeatedText(text: string): string {
	return `${REPEATED_MARK}\n\n${text}`;
}
