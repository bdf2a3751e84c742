/** Details are the long text of an item, and the notes that were added to it later. */
export interface Details {
	readonly text: string;
	readonly notes: readonly { readonly at: number; readonly text: string }[];
}

const NOTE = /<info added on ([^>]{1,40})>\n?([\s\S]*?)\n?<\/info added on \1>/g;

/** readDetails takes notes, each with its time, out of a text. */
export function readDetails(details: string): Details {
	const notes: { at: number; text: string }[] = [];
	const text = details.replace(NOTE, (whole, time: string, note: string) => {
		const at = Date.parse(time);
		if (Number.isNaN(at)) return whole;
		notes.push({ at, text: note.trim() });
		return '';
	});
	return { text: text.trim(), notes };
}
