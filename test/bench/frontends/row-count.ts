import { DatabaseSync } from 'node:sqlite';

/** RowCount counts rows that another process has committed, looking at each but once. */
export class RowCount {
	readonly #db: DatabaseSync;
	readonly #end: ReturnType<DatabaseSync['prepare']>;
	readonly #between: ReturnType<DatabaseSync['prepare']>;
	#after = 0;
	#count = 0;

	/** `from` is a table with a condition that another can be joined to: `appends WHERE` or `appends WHERE … AND`. */
	constructor(path: string, from: string) {
		const [table = ''] = from.split(' ');
		this.#db = new DatabaseSync(path, { readOnly: true });
		this.#end = this.#db.prepare(`SELECT max(position) AS end FROM ${table}`);
		this.#between = this.#db.prepare(`SELECT count(*) AS count FROM ${from} position > ? AND position <= ?`);
	}

	count(): number {
		const end = Number(this.#end.get()?.['end'] ?? 0);
		if (end > this.#after) this.#count += Number(this.#between.get(this.#after, end)?.['count'] ?? 0);
		this.#after = Math.max(end, this.#after);
		return this.#count;
	}

	close(): void {
		this.#db.close();
	}
}
