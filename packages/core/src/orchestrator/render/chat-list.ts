/** Lines of a list in a chat; the page shows all. */
const MAX_LINES = 15;

/** chatList is a list as a chat shows it: the first lines, and how many more there are. */
export function chatList(lines: readonly string[]): string {
	if (lines.length <= MAX_LINES) return lines.join('\n');
	return [...lines.slice(0, MAX_LINES), `- … and ${lines.length - MAX_LINES} more`].join('\n');
}
