import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { type ILedgerCopy, LEDGER_COLUMNS, type LedgerPage } from '../ledger/ledger-copy.ts';
import { openLedgerFile } from './model-ledger-file.ts';

const PAGE = 200;

/** SqliteLedgerCopy reads or fills the file of the book of models. */
export class SqliteLedgerCopy implements ILedgerCopy {
	readonly #db: DatabaseSync;

	constructor(path: string) {
		this.#db = openLedgerFile(path);
	}

	async *pages(): AsyncIterable<LedgerPage> {
		for (const table of ['calls', 'totals', 'transcripts'] as const) {
			const columns = LEDGER_COLUMNS[table].join(', ');
			const select = this.#db.prepare(`SELECT ${columns} FROM ${table} ORDER BY ${ORDER[table]} LIMIT ? OFFSET ?`);
			for (let offset = 0; ; offset += PAGE) {
				const rows = select.all(PAGE, offset) as LedgerPage['rows'];
				yield { table, rows };
				if (rows.length < PAGE) break;
			}
		}
	}

	async add({ table, rows }: LedgerPage): Promise<void> {
		const columns = LEDGER_COLUMNS[table];
		const places = columns.map(() => '?').join(', ');
		const insert = this.#db.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`);
		this.#db.exec('BEGIN IMMEDIATE');
		for (const row of rows) insert.run(...columns.map((column): SQLInputValue => row[column] ?? null));
		this.#db.exec('COMMIT');
	}

	close(): void {
		if (this.#db.isOpen) this.#db.close();
	}
}

const ORDER = { calls: 'n', totals: 'day, person', transcripts: 'call' } as const;
