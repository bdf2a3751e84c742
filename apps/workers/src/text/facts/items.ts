/** splitItems cuts an enumeration ("flood, war and wear and tear") into its items; brackets stay whole. */
export function splitItems(text: string): string[] {
	const parts = cut(text, ';').length > 1 ? cut(text, ';') : cut(text, ',');
	const last = parts.at(-1) ?? '';
	const split =
		parts.length > 1 && cut(text, ';').length === 1 ? splitLast(last) : parts.length === 1 ? splitLast(last) : [last];
	return [...parts.slice(0, -1), ...split].map(itemText).filter((item) => item.length > 1);
}

/** itemText is a list item without its bullet and what joins it to the next. */
export function itemText(text: string): string {
	return text
		.replace(/^\s*(?:[-*+•▪◦–·]|\d{1,2}(?:\.\d{1,2})+\.?|\d{1,3}[.)]|\([a-z0-9]{1,3}\)|[a-z]\))\s+/i, '')
		.replace(/^\s*(?:and|or|und|oder)\s+/i, '')
		.replace(/[\s.;,]+(?:(?:and|or|und|oder)\s*)?$/i, '')
		.trim();
}

function cut(text: string, separator: ',' | ';'): string[] {
	const parts: string[] = [];
	let depth = 0;
	let start = 0;
	for (let index = 0; index < text.length; index++) {
		const letter = text[index];
		if (letter === '(') depth++;
		else if (letter === ')') depth = Math.max(0, depth - 1);
		else if (letter === separator && depth === 0 && text[index + 1] === ' ') {
			parts.push(text.slice(start, index));
			start = index + 1;
		}
	}
	return [...parts, text.slice(start)];
}

/** "Wear and tear" is one thing, "flood or war" are two. */
function splitLast(text: string): string[] {
	if (/\bwear and tear\b/i.test(text)) {
		const match = /^(.*?)\s+(?:and|or)\s+((?:normal |ordinary )?wear and tear.*)$/i.exec(text);
		return match ? [match[1] ?? '', match[2] ?? ''] : [text];
	}
	const match = /^(.{3,}?)\s+(?:and|or|und|oder)\s+(.{3,})$/i.exec(text);
	if (!match || /\(/.test(text) || text.length > 120) return [text];
	return [match[1] ?? '', match[2] ?? ''];
}
