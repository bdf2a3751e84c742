/** tableOf reads the first Markdown table of an answer: criterion → item → cell. */
export function tableOf(text: string): Map<string, Map<string, string>> {
	const lines = text.split('\n').filter((line) => line.startsWith('|'));
	const cells = (line: string) =>
		line
			.slice(1, -1)
			.split(' | ')
			.map((cell) =>
				cell
					.replaceAll('**', '')
					.replace(/^\||\|$/g, '')
					.trim(),
			);
	const [header = '', , ...rows] = lines;
	const [, ...items] = cells(header);
	return new Map(
		rows.map((row) => {
			const [criterion = '', ...values] = cells(row);
			return [criterion, new Map(items.map((item, index) => [item, values[index] ?? '']))];
		}),
	);
}

/** marksIn lists the numbers of the sources that a text cites. */
export function marksIn(text: string): number[] {
	return [...text.matchAll(/\[(\d+)\]/g)].map((match) => Number(match[1]));
}
