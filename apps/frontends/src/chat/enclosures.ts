/** Enclosure is a code fence or a table: a cut through its body needs something before what follows it. */
export interface Enclosure {
	readonly kind: 'fence' | 'table';
	readonly start: number;
	/** A cut between these, both excluded, goes through it; one elsewhere between start and end would break it. */
	readonly bodyStart: number;
	readonly bodyEnd: number;
	readonly end: number;
	/** How far its lines are indented, as in an item of a list. */
	readonly indent: number;
	/** Comes before the rest after a cut, with its line end. */
	readonly reopening: string;
	/** Comes before the cut. */
	readonly closing: string;
}

/** findEnclosures finds the code fences and tables of Markdown, in order; `room` is how long a part may be. */
export function findEnclosures(text: string, room: number): Enclosure[] {
	const lines = linesOf(text);
	const found: Enclosure[] = [];
	for (let index = 0; index < lines.length; index++) {
		const [enclosure, last] = fenceAt(lines, index, room) ?? tableAt(lines, index, room) ?? [];
		if (enclosure === undefined) continue;
		found.push(enclosure);
		index = last ?? index;
	}
	return found;
}

interface Line {
	readonly text: string;
	readonly start: number;
	/** After its line end. */
	readonly end: number;
}

function linesOf(text: string): Line[] {
	const lines: Line[] = [];
	let start = 0;
	for (const line of text.split('\n')) {
		lines.push({ text: line, start, end: Math.min(start + line.length + 1, text.length) });
		start += line.length + 1;
	}
	return lines;
}

function fenceAt(lines: readonly Line[], index: number, room: number): [Enclosure, number] | undefined {
	const opening = lines[index];
	const found = /^([ \t]{0,12})(`{3,8}|~{3,8})[ \t]*([^`\s]{0,24})[^`\n]{0,40}$/.exec(opening?.text ?? '');
	if (opening === undefined || found === null) return undefined;
	const [, indent = '', mark = '', language = ''] = found;
	const reopening = `${mark}${language}\n`;
	const closing = `\n${mark}`;
	if (reopening.length + closing.length > room / 2) return undefined;
	const closes = new RegExp(`^[ \\t]{0,12}${mark[0]}{${mark.length},}[ \\t]*$`);
	let last = index + 1;
	while (last < lines.length && !closes.test(lines[last]?.text ?? '')) last++;
	const end = lines[Math.min(last, lines.length - 1)]?.end ?? opening.end;
	const closed = lines[last];
	// One that is never closed goes to the end, and is closed there.
	const bodyEnd = closed === undefined ? end + 1 : closed.start;
	const { start, end: bodyStart } = opening;
	const place = { start, bodyStart, bodyEnd, end: closed?.end ?? bodyEnd, indent: indent.length };
	return [{ kind: 'fence', ...place, reopening, closing }, last];
}

function tableAt(lines: readonly Line[], index: number, room: number): [Enclosure, number] | undefined {
	const [header, rule] = [lines[index], lines[index + 1]];
	if (header === undefined || rule === undefined || !header.text.includes('|')) return undefined;
	if (!/^[ \t]{0,3}[|:-][ \t|:-]*$/.test(rule.text) || !/-.*\||\|.*-/.test(rule.text)) return undefined;
	const reopening = `${header.text}\n${rule.text}\n`;
	if (reopening.length > room / 4) return undefined;
	let last = index + 1;
	while (lines[last + 1]?.text.includes('|')) last++;
	const end = lines[last]?.end ?? rule.end;
	const table = {
		kind: 'table',
		start: header.start,
		bodyStart: rule.end,
		bodyEnd: end,
		end,
		indent: 0,
		reopening,
		closing: '',
	};
	return [table as Enclosure, last];
}
