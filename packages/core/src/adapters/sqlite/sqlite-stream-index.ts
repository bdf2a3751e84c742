import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { asStreamId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { IStreamIndex } from '../../ports/event-store.ts';
import { numberOf, textOf } from './row-values.ts';
import { reading } from './sqlite-event-store.ts';

/** SqliteStreamIndex lists streams by the order of their creation, so that a page stays the same while streams go on. */
export class SqliteStreamIndex implements IStreamIndex {
	readonly #all: StatementSync;
	readonly #ofPerson: StatementSync;
	readonly #deadLetters: StatementSync;
	readonly #deadLettersOfPerson: StatementSync;
	readonly #count: StatementSync;
	readonly #nth: StatementSync;

	constructor(db: DatabaseSync) {
		const select = (condition: string) => `
			SELECT id, name, summary FROM streams
			WHERE summary IS NOT NULL AND substr(name, 1, length(?1)) = ?1 AND id < ?2 ${condition}
			ORDER BY id DESC LIMIT ?3`;
		this.#all = db.prepare(select(''));
		this.#ofPerson = db.prepare(select('AND person = ?4'));
		// Word for word the condition of the index that is made for it.
		const gaveUp = "AND json_extract(summary, '$.deadLetters') IS NOT NULL";
		this.#deadLetters = db.prepare(select(gaveUp));
		this.#deadLettersOfPerson = db.prepare(select(`${gaveUp} AND person = ?4`));
		const theirs = 'person = ?2 AND summary IS NOT NULL AND substr(name, 1, length(?1)) = ?1';
		this.#count = db.prepare(`
			SELECT count(*) AS n FROM streams
			WHERE ${theirs} AND id <= coalesce((SELECT id FROM streams WHERE name = ?3), ${Number.MAX_SAFE_INTEGER})`);
		this.#nth = db.prepare(`SELECT name FROM streams WHERE ${theirs} ORDER BY id LIMIT 1 OFFSET ?3 - 1`);
	}

	async list(query: Parameters<IStreamIndex['list']>[0]): ReturnType<IStreamIndex['list']> {
		const { prefix, person, having, before = Number.MAX_SAFE_INTEGER, limit } = query;
		const all = having === undefined ? this.#all : this.#deadLetters;
		const ofPerson = having === undefined ? this.#ofPerson : this.#deadLettersOfPerson;
		return reading(() => {
			const rows = person === undefined ? all.all(prefix, before, limit) : ofPerson.all(prefix, before, limit, person);
			return rows.map((row) => ({
				stream: asStreamId(textOf(row, 'name')),
				position: numberOf(row, 'id'),
				// Written by the append that brought it, from a JsonObject.
				summary: JSON.parse(textOf(row, 'summary')) as JsonObject,
			}));
		});
	}

	async count({ prefix, person, upTo }: Parameters<IStreamIndex['count']>[0]): Promise<number> {
		return reading(() => {
			const row = this.#count.get(prefix, person, upTo ?? null);
			return row === undefined ? 0 : numberOf(row, 'n');
		});
	}

	async nth({ prefix, person, number }: Parameters<IStreamIndex['nth']>[0]): ReturnType<IStreamIndex['nth']> {
		if (!Number.isSafeInteger(number) || number < 1) return undefined;
		return reading(() => {
			const row = this.#nth.get(prefix, person, number);
			return row === undefined ? undefined : asStreamId(textOf(row, 'name'));
		});
	}
}
