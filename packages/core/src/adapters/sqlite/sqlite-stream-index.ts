import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { asStreamId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { IStreamIndex } from '../../ports/event-store.ts';
import { countStatement, listStatement, nthStatement, type Statement } from './list-statements.ts';
import { numberOf, textOf } from './row-values.ts';
import { reading } from './sqlite-event-store.ts';

/** SqliteStreamIndex lists streams by the order of their creation, so that a page stays the same while streams go on. */
export class SqliteStreamIndex implements IStreamIndex {
	readonly #db: DatabaseSync;
	/** By their text: there are few. */
	readonly #prepared = new Map<string, StatementSync>();

	constructor(db: DatabaseSync) {
		this.#db = db;
	}

	async list(query: Parameters<IStreamIndex['list']>[0]): ReturnType<IStreamIndex['list']> {
		return this.#rows(listStatement(query)).map((row) => ({
			stream: asStreamId(textOf(row, 'name')),
			position: numberOf(row, 'id'),
			// Written by the append that brought it, from a JsonObject.
			summary: JSON.parse(textOf(row, 'summary')) as JsonObject,
		}));
	}

	async count(query: Parameters<IStreamIndex['count']>[0]): Promise<number> {
		const [row] = this.#rows(countStatement(query));
		return row === undefined ? 0 : numberOf(row, 'n');
	}

	async nth(query: Parameters<IStreamIndex['nth']>[0]): ReturnType<IStreamIndex['nth']> {
		if (!Number.isSafeInteger(query.number) || query.number < 1) return undefined;
		const [row] = this.#rows(nthStatement(query));
		return row === undefined ? undefined : asStreamId(textOf(row, 'name'));
	}

	#rows({ text, values }: Statement): ReturnType<StatementSync['all']> {
		return reading(() => {
			const statement = this.#prepared.get(text) ?? this.#db.prepare(text);
			this.#prepared.set(text, statement);
			return statement.all(values);
		});
	}
}
