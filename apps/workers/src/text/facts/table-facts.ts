import { findAmounts } from './amounts.ts';
import type { TableRow } from './blocks.ts';
import { type Fact, labelText } from './fact.ts';
import { type Labelled, labelledFacts, type Reader, weaker } from './fact-source.ts';
import { footnoteMarks, plainText } from './inline.ts';
import type { Lexicon, Meaning } from './lexicon.ts';
import { type Standing, standingOf, standingOfHeading } from './standing.ts';
import { CUES } from './vocabulary.ts';
import { rawPattern, wordPattern } from './words.ts';

/** A table with the headings it stands under. */
export interface Table {
	readonly rows: readonly TableRow[];
	readonly headed: boolean;
	readonly section: readonly string[];
}

/** tableFacts reads a table in either direction: labels in the first column, or in the head row. */
export function tableFacts(reader: Reader, table: Table): Fact[] {
	const { head, body } = splitHead(reader.lexicon, table);
	const columns = head.map((cell, index) => readColumn(reader, head, cell, index));
	const across = labelsAreInHead(reader.lexicon, columns, body);
	return body.flatMap((row) => rowFacts({ reader, table, columns, row, across }));
}

interface Column {
	readonly name: string;
	readonly meaning: Meaning | undefined;
	readonly standing: Standing;
	readonly remarks: boolean;
}

const REMARKS = wordPattern(['note', 'notes', 'remark', 'remarks', 'comment', 'comments', 'details', 'explanation']);
const NOT_COVERED = wordPattern(CUES.notCovered.filter((word) => word !== 'no' && word !== 'none' && word !== 'nein'));
const OPTIONAL = rawPattern(CUES.optional);

function splitHead(lexicon: Lexicon, table: Table): { head: string[]; body: readonly TableRow[] } {
	const first = table.rows[0]?.cells.map((cell) => labelText(plainText(cell))) ?? [];
	const rest = table.rows.slice(1);
	const width = Math.max(...table.rows.map((row) => row.cells.length), 0);
	const none = { head: Array.from({ length: width }, () => ''), body: table.rows };
	if (rest.length === 0) return none;
	const figures = first.some((cell) => findAmounts(cell).length > 0);
	if (figures || first.length < 2) return none;
	// A converter may make a head of whatever row came first; a row whose label means something and whose value does not is data.
	const isData =
		lexicon.meaningOf(first[0] ?? '') !== undefined &&
		first.slice(1).every((cell) => lexicon.meaningOf(cell) === undefined);
	if (table.headed && !(isData && width === 2)) return { head: first, body: rest };
	const valued = rest.filter((row) => row.cells.slice(1).some((cell) => findAmounts(cell).length > 0)).length;
	const means = first.slice(1).some((cell) => lexicon.meaningOf(cell) !== undefined);
	if (!isData && (means || (first.length > 2 && valued > 0))) return { head: first, body: rest };
	return none;
}

function readColumn(reader: Reader, head: readonly string[], cell: string, index: number): Column {
	const years = head.slice(1).map((name) => Number(/\b20\d\d\b/.exec(name)?.[0] ?? 0));
	const own = Number(/\b20\d\d\b/.exec(cell)?.[0] ?? 0);
	const latest = Math.max(...years.filter((year) => year <= reader.year || reader.year === 0), 0);
	const outdated = index > 0 && own > 0 && own < latest;
	return {
		name: cell,
		meaning: cell === '' ? undefined : reader.lexicon.meaningOf(cell),
		standing: outdated ? 'former' : weaker(standingOf(cell, reader.year), standingOfHeading(cell)),
		remarks: index > 0 && head.length > 2 && REMARKS.test(cell),
	};
}

function labelsAreInHead(lexicon: Lexicon, columns: readonly Column[], body: readonly TableRow[]): boolean {
	const inHead = columns.filter(
		(column) => column.meaning !== undefined && column.meaning.criterion.expects !== 'list',
	).length;
	const inColumn = body.filter(
		(row) => lexicon.meaningOf(labelText(plainText(row.cells[0] ?? ''))) !== undefined,
	).length;
	if (inHead !== inColumn) return inHead > inColumn;
	const firstIsFigure = body.every((row) => findAmounts(row.cells[0] ?? '').length > 0);
	return columns.every((column) => column.name !== '') && (firstIsFigure || (body.length === 1 && columns.length > 2));
}

interface RowContext {
	readonly reader: Reader;
	readonly table: Table;
	readonly columns: readonly Column[];
	readonly row: TableRow;
	readonly across: boolean;
}

function rowFacts({ reader, table, columns, row, across }: RowContext): Fact[] {
	const label = row.cells[0] ?? '';
	const plainLabel = labelText(plainText(label));
	const remark = columns.findIndex((column) => column.remarks);
	const remarkText = remark > 0 ? (row.cells[remark] ?? '') : '';
	const inHead = columns.filter((column) => column.meaning !== undefined).length;
	const facts: Fact[] = [];
	row.cells.forEach((cell, index) => {
		const column = columns[index];
		if (cell === '' || column?.remarks) return;
		const common = { quote: row.raw, section: table.section, origin: 'table' as const, standing: column?.standing };
		if (column?.meaning?.criterion.expects === 'list') {
			facts.push(...labelledFacts(reader, { ...common, label: column.name, value: cell, meaning: column.meaning }));
		} else if (across) {
			if (column !== undefined && column.name !== '' && (index > 0 || column.meaning !== undefined || inHead === 0))
				facts.push(...acrossFacts(reader, { ...common, label: column.name, value: cell }, column, plainLabel));
		} else if (index > 0) {
			const variant = row.cells.length > 2 && column?.name !== '' ? column?.name : undefined;
			facts.push(...labelledFacts(reader, { ...common, label, value: cell, variant }));
			facts.push(...leftOut(reader, { ...common, label: plainLabel, value: cell }));
		}
	});
	const marks = [...new Set([...footnoteMarks(label), ...(remarkText === '' ? [] : footnoteMarks(remarkText))])];
	return facts.map((fact) => ({
		...fact,
		marks: [...new Set([...fact.marks, ...marks])],
		...(remarkText !== '' && { note: plainText(remarkText) }),
	}));
}

/** In a table like "Part | Sum insured | Excess" the row says for which part of the offer the figure is. */
function acrossFacts(reader: Reader, given: Labelled, column: Column, row: string): Fact[] {
	const scope = column.meaning?.criterion.scoped ? reader.lexicon.scopeIn(row) : undefined;
	const meaning =
		column.meaning && (scope === undefined ? column.meaning : { ...column.meaning, scope: scope.id, base: scope.base });
	const isName =
		scope === undefined && column.name !== row && findAmounts(row.replace(/\([^)]*\)/g, '')).length === 0 && row !== '';
	const facts = labelledFacts(reader, { ...given, meaning, ...(isName && { variant: row }) });
	return scope === undefined ? facts : facts.map((fact) => ({ ...fact, label: `${fact.label} (${row})` }));
}

/** A row that says "not covered" names an exclusion, wherever it stands. */
function leftOut(reader: Reader, given: Labelled): Fact[] {
	const exclusions = reader.lexicon.vocabulary.criteria.find((criterion) => criterion.id === 'exclusions');
	const value = plainText(given.value);
	if (exclusions === undefined || !NOT_COVERED.test(value) || OPTIONAL.test(value) || value.length > 60) return [];
	if (reader.lexicon.meaningOf(given.label) !== undefined) return [];
	return labelledFacts(reader, {
		...given,
		value: given.label.replace(/,/g, ' –'),
		meaning: { criterion: exclusions, base: false },
	});
}
