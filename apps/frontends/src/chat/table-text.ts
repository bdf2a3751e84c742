import stringWidth from 'string-width';

type Align = 'left' | 'right' | 'center' | null;

/** alignedTable draws a table in characters of one width; undefined when it is wider than `columns` or has lines in its cells. */
export function alignedTable(
	rows: readonly (readonly string[])[],
	align: readonly Align[],
	columns: number,
): string | undefined {
	if (rows.flat().some((cell) => cell.length > columns || cell.includes('\n'))) return undefined;
	const widths = (rows[0] ?? []).map((_, column) => Math.max(1, ...rows.map((row) => stringWidth(row[column] ?? ''))));
	const total = widths.reduce((sum, width) => sum + width, 0) + 2 * (widths.length - 1);
	if (total > columns) return undefined;
	const line = (row: readonly string[]) =>
		widths
			.map((width, column) => padded(row[column] ?? '', width, align[column] ?? null))
			.join('  ')
			.trimEnd();
	const [header = [], ...body] = rows;
	return [line(header), widths.map((width) => '─'.repeat(width)).join('  '), ...body.map(line)].join('\n');
}

/** plainRows writes a table row by row: its first cell as a title, the others under it with the names of their columns. */
export function plainRows(
	header: readonly string[],
	rows: readonly (readonly string[])[],
	{ bullet, title }: { readonly bullet: string; readonly title: (words: string) => string },
): string {
	const [, ...names] = header;
	if (names.length === 0) return rows.map(([cell = '']) => `${bullet} ${cell}`).join('\n');
	return rows
		.map(([first = '', ...cells]) => {
			const lines = cells.flatMap((cell, column) => {
				const name = names[column]?.trim() ?? '';
				return cell.trim() === '' ? [] : [`${bullet} ${name === '' ? '' : `${name}: `}${cell}`];
			});
			return [...(first.trim() === '' ? [] : [title(first)]), ...lines].join('\n');
		})
		.join('\n\n');
}

function padded(text: string, width: number, align: Align): string {
	const missing = Math.max(0, width - stringWidth(text));
	if (align === 'right') return ' '.repeat(missing) + text;
	if (align !== 'center') return text + ' '.repeat(missing);
	return ' '.repeat(Math.floor(missing / 2)) + text + ' '.repeat(Math.ceil(missing / 2));
}
