/** shortened is a text of at most `most` UTF-16 units, with `…` in place of what was cut off. */
export function shortened(text: string, most: number): string {
	return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
