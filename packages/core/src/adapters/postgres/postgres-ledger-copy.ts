import type { ClientBase } from 'pg';
import { type ILedgerCopy, LEDGER_COLUMNS, type LedgerPage } from '../ledger/ledger-copy.ts';
import { storableJson } from './storable-text.ts';

const PAGE = 200;

/** PostgresLedgerCopy reads or fills the book of models in a database, in the transaction of its client. */
export class PostgresLedgerCopy implements ILedgerCopy {
	readonly #client: ClientBase;

	constructor(client: ClientBase) {
		this.#client = client;
	}

	async *pages(): AsyncIterable<LedgerPage> {
		for (const table of ['calls', 'totals', 'transcripts'] as const) {
			const columns = LEDGER_COLUMNS[table].join(', ');
			const text = `SELECT ${columns} FROM errand.model_${table} ORDER BY ${ORDER[table]} LIMIT $1 OFFSET $2`;
			for (let offset = 0; ; offset += PAGE) {
				const { rows } = await this.#client.query<LedgerPage['rows'][number]>(text, [PAGE, offset]);
				yield { table, rows };
				if (rows.length < PAGE) break;
			}
		}
	}

	async add({ table, rows }: LedgerPage): Promise<void> {
		const columns = LEDGER_COLUMNS[table].join(', ');
		await this.#client.query(
			`INSERT INTO errand.model_${table} (${columns})
			SELECT ${columns} FROM json_populate_recordset(NULL::errand.model_${table}, $1)`,
			[storableJson(rows)],
		);
	}
}

const ORDER = { calls: 'n', totals: 'day, person', transcripts: 'call' } as const;
