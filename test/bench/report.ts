import type { Section, Table } from './section.ts';

/** sectionText writes one section as Markdown: how, figures, goals beside what was measured. */
export function sectionText({ title, how, tables, goals }: Section): string {
	const goalTable: Table = {
		columns: ['goal', 'wanted', 'measured', 'met'],
		rows: goals.map(({ what, wanted, measured, met }) => [what, wanted, measured, met ? 'yes' : '**no**']),
	};
	return [`## ${title}`, how.trim(), ...[...tables, goalTable].map(tableText)].join('\n\n');
}

/**
 * withPart puts a part into a document: between the two marks that carry its name, or at the end where it has none yet.
 * What stands outside the marks is written by people and stays.
 */
export function withPart(document: string, name: string, text: string): string {
	const [begin, end] = [`<!-- ${name}: written by npm run bench -->`, `<!-- /${name} -->`];
	const part = `${begin}\n${text}\n${end}`;
	const from = document.indexOf(begin);
	const to = document.indexOf(end);
	if (from === -1 || to < from) return `${document.trimEnd()}\n\n${part}\n`;
	return document.slice(0, from) + part + document.slice(to + end.length);
}

/** tableText writes a table as Markdown. */
export function tableText({ columns, rows }: Table): string {
	const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	// The first column names; the others are figures.
	const rule = columns.map((_, index) => (index === 0 ? '---' : '--:'));
	return [line(columns), line(rule), ...rows.map(line)].join('\n');
}
