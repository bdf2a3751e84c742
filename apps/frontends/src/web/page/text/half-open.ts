/**
 * closeHalfOpen mends the end of Markdown that is still being written, so that it is drawn the way it is about to look: what
 * was opened is closed, a table stands from its first line on, and signs that say nothing yet are left out.
 */
export function closeHalfOpen(markdown: string): string {
	const lines = markdown.split('\n');
	const last = lines.at(-1) ?? '';
	if (insideFence(lines)) return /^\s*(`{1,2}|~{1,2})$/.test(last) ? lines.slice(0, -1).join('\n') : markdown;
	const before = lines.slice(0, -1);
	if (saysNothingYet(last, before.at(-1) ?? '')) return closeHalfOpen(before.join('\n'));
	const table = tableStart(lines);
	if (table !== undefined) return tableSoFar(lines, table);
	// Emphasis and links reach neither over an empty line nor into the next item.
	const bound = lines.findLastIndex((line) => line.trim() === '' || BEGINS.test(line));
	const from = bound !== -1 && lines[bound]?.trim() === '' ? bound + 1 : Math.max(0, bound);
	if (from === lines.length) return markdown;
	return [...lines.slice(0, from), closeInline(lines.slice(from).join('\n'))].join('\n');
}

/** A line that begins an item, a heading or a quote. */
const BEGINS = /^\s*(?:[-*+]\s|\d{1,9}[.)]\s|#{1,6}\s|>)/;

function insideFence(lines: readonly string[]): boolean {
	let fence: string | undefined;
	for (const line of lines) {
		const mark = /^\s*(?:[-*+>]\s+)*(`{3,}|~{3,})/.exec(line)?.[1];
		if (mark === undefined) continue;
		if (fence === undefined) fence = mark;
		else if (mark.startsWith(fence) && /^\s*[`~]+\s*$/.test(line)) fence = undefined;
	}
	return fence !== undefined;
}

/** A lone `-` may become an item, a rule or the line that makes a heading of the one above. */
function saysNothingYet(line: string, before: string): boolean {
	if (/^\s*(?:[-*+=_]+|\d{1,9}[.)]|#{1,6}|[`~]{1,2}|>)\s*$/.test(line)) return true;
	if (/^\s*\|\s*$/.test(line)) return !before.includes('|');
	return before.trim() !== '' && /^\s*\d{1,3}$/.test(line);
}

function tableStart(lines: readonly string[]): number | undefined {
	const start = 1 + lines.findLastIndex((line) => line.trim() === '');
	const first = lines.findIndex((line, index) => index >= start && /^\s*\|/.test(line));
	return first !== -1 && lines.slice(first).every((line) => line.includes('|')) ? first : undefined;
}

function tableSoFar(lines: readonly string[], start: number): string {
	const [head = '', rule = '', ...rows] = lines.slice(start);
	const header = head.trimEnd().endsWith('|') ? head : `${closeInline(head.trimEnd())} |`;
	const columns = header
		.trim()
		.slice(1, -1)
		.split(/(?<!\\)\|/).length;
	const begun = /^[\s|:-]*$/.test(rule) && !isRule(rule, columns);
	const drawn = [header, begun ? `|${' --- |'.repeat(columns)}` : rule];
	const row = rows.at(-1) ?? '';
	drawn.push(...rows.slice(0, -1), ...(/[^\s|]/.test(row) ? [closeInline(row)] : []));
	return [...lines.slice(0, start), ...drawn].join('\n');
}

function isRule(line: string, columns: number): boolean {
	const cells = line
		.trim()
		.replace(/^\||\|$/g, '')
		.split('|');
	return cells.length === columns && cells.every((cell) => cell.includes('-'));
}

/** Closes code, links and emphasis. */
function closeInline(text: string): string {
	const code = openCode(text);
	if (code !== undefined) {
		const inside = text.slice(code.at + code.mark.length);
		const before = text.slice(0, code.at);
		return inside.trim() === '' ? closeEmphasis(before) : closeEmphasis(before, `${text.slice(code.at)}${code.mark}`);
	}
	return closeEmphasis(withoutOpenLink(text));
}

function openCode(text: string): { readonly at: number; readonly mark: string } | undefined {
	let open: { at: number; mark: string } | undefined;
	for (const match of text.matchAll(/\\.|`+/gs)) {
		const mark = match[0];
		if (!mark.startsWith('`')) continue;
		if (open === undefined) open = { at: match.index, mark };
		else if (open.mark === mark) open = undefined;
	}
	return open;
}

/** Of a link whose address is not whole only the words are shown; of a citation without its end nothing. */
function withoutOpenLink(text: string): string {
	return text
		.replace(/!?\[([^\][]*)\]\([^()\s]*(?:\s+"[^"]*"?)?$/, '$1')
		.replace(/\[\d{0,4}$/, '')
		.replace(/!?\[([^\][]*)$/, '$1')
		.replace(/!$/, '');
}

/** `rest` is code that follows the text and is no part of the search. */
function closeEmphasis(text: string, rest = ''): string {
	const plain = text.replace(/(`+)[^`]*\1|\\./gs, (hidden) => 'x'.repeat(hidden.length));
	const open: string[] = [];
	let end = text.length;
	for (const match of plain.matchAll(/\*{1,3}|_{1,2}|~~/g)) {
		const mark = match[0];
		const before = plain[match.index - 1] ?? ' ';
		const after = plain[match.index + mark.length] ?? '';
		const inWord = /[\p{L}\p{N}]/u.test(before);
		const closes = !/\s/.test(before);
		if (closes && open.at(-1) === mark) open.pop();
		else if (closes && mark === '***' && `${open.at(-1)}${open.at(-2)}` === mark) open.splice(-2);
		else if (closes && open.at(-1) === '***' && mark.startsWith('*')) open.splice(-1, 1, mark === '*' ? '**' : '*');
		else if (after === '' && rest === '') end = match.index;
		else if (!/\s/.test(after || 'x') && !(inWord && mark.length === 1)) open.push(mark);
	}
	if (open.length === 0) return text.slice(0, end) + rest;
	const written = text.slice(0, end) + rest;
	return written.trimEnd() + open.reverse().join('');
}
