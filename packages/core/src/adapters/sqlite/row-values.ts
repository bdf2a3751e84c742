import type { SQLOutputValue } from 'node:sqlite';

/** Row is what the driver returns. */
export type Row = Record<string, SQLOutputValue>;

/** numberOf reads a column that the table declares as INTEGER NOT NULL. */
export function numberOf(row: Row, column: string): number {
	const value = row[column];
	if (typeof value !== 'number') throw new TypeError(`Column ${column} holds no number.`);
	return value;
}

/** textOf reads a column that the table declares as TEXT NOT NULL. */
export function textOf(row: Row, column: string): string {
	const value = row[column];
	if (typeof value !== 'string') throw new TypeError(`Column ${column} holds no text.`);
	return value;
}

/** optionalText reads a TEXT column that may be NULL. */
export function optionalText(row: Row, column: string): string | undefined {
	return row[column] === null ? undefined : textOf(row, column);
}
