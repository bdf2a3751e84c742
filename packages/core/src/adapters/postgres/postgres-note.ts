import type { INote } from '../../ports/note.ts';
import type { PostgresLine } from './postgres-line.ts';

/** PostgresNote keeps one short text by its name, in one row. */
export class PostgresNote implements INote {
	readonly #line: PostgresLine;
	readonly #name: string;

	constructor(line: PostgresLine, name: string) {
		this.#line = line;
		this.#name = name;
	}

	async load(): Promise<string | undefined> {
		const rows = await this.#line.query<{ text: string }>(`read the note "${this.#name}"`, {
			text: 'SELECT text FROM errand.notes WHERE name = $1',
			values: [this.#name],
		});
		return rows[0]?.text;
	}

	async save(text: string): Promise<void> {
		await this.#line.query(`save the note "${this.#name}"`, {
			text: `
				INSERT INTO errand.notes (name, text) VALUES ($1, $2)
				ON CONFLICT (name) DO UPDATE SET text = excluded.text`,
			values: [this.#name, text],
		});
	}
}
