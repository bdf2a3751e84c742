import { asStreamId, type StreamId } from '../../domain/ids.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { IStreamIndex } from '../../ports/event-store.ts';
import { GIVE_UP_MS, type PostgresLine, type Statement } from './postgres-line.ts';

interface ListRow {
	readonly id: number;
	readonly name: string;
	readonly summary: string;
}

/** PostgresStreamIndex lists streams by the order of their creation. Lists may come from a replica, a moment behind; numbers never do. */
export class PostgresStreamIndex implements IStreamIndex {
	readonly #primary: PostgresLine;
	readonly #replica: PostgresLine | undefined;
	/** Until then (ms, steady clock) a replica that gave no answer is left alone. */
	#replicaRestsUntil = 0;

	constructor(primary: PostgresLine, replica: PostgresLine | undefined) {
		this.#primary = primary;
		this.#replica = replica;
	}

	async list(query: Parameters<IStreamIndex['list']>[0]): ReturnType<IStreamIndex['list']> {
		const rows = await this.#fromReplica(listStatement(query));
		return rows.map(({ id, name, summary }) => ({
			stream: asStreamId(name),
			position: id,
			// Written by the append that brought it, from a JsonObject.
			summary: JSON.parse(summary) as JsonObject,
		}));
	}

	async count(query: Parameters<IStreamIndex['count']>[0]): Promise<number> {
		const rows = await this.#primary.query<{ n: number }>('count in history', countStatement(query));
		return rows[0]?.n ?? 0;
	}

	async nth({ prefix, person, number }: Parameters<IStreamIndex['nth']>[0]): Promise<StreamId | undefined> {
		if (!Number.isSafeInteger(number) || number < 1) return undefined;
		const [row] = await this.#primary.query<{ name: string }>('read history', {
			text: `
				SELECT name FROM errand.streams WHERE id = (
					SELECT id FROM errand.streams
					WHERE person = $2 AND ${withPrefix(prefix)} AND listed ORDER BY id LIMIT 1 OFFSET $3 - 1
				)`,
			values: [prefix, person, number],
		});
		return row === undefined ? undefined : asStreamId(row.name);
	}

	async #fromReplica(statement: Statement): Promise<ListRow[]> {
		const replica = this.#replica;
		if (replica !== undefined && performance.now() >= this.#replicaRestsUntil) {
			try {
				return await replica.attempt(async (client) => {
					const { rows } = await client.query<ListRow>(statement.text, [...(statement.values ?? [])]);
					return rows;
				});
			} catch {
				this.#replicaRestsUntil = performance.now() + GIVE_UP_MS;
			}
		}
		return this.#primary.query<ListRow>('list history', statement);
	}
}

/** listStatement reads one page of a list: a range of an index, in its order. */
export function listStatement({
	prefix,
	person,
	having,
	before,
	limit,
}: Parameters<IStreamIndex['list']>[0]): Statement {
	const conditions = [withPrefix(prefix), 'listed', 'id < $2'];
	const values: unknown[] = [prefix, before ?? Number.MAX_SAFE_INTEGER, limit];
	if (having === 'deadLetters') conditions.push('gave_up');
	if (person !== undefined) conditions.push(`person = $${values.push(person)}`);
	return {
		text: `
			SELECT id, name, summary FROM errand.streams
			WHERE ${conditions.join(' AND ')} ORDER BY id DESC LIMIT $3`,
		values,
	};
}

/** countStatement counts in the index alone, as far as what it points to is settled. */
export function countStatement({ prefix, person, upTo }: Parameters<IStreamIndex['count']>[0]): Statement {
	const last = `id <= coalesce((SELECT id FROM errand.streams WHERE name = $3), ${Number.MAX_SAFE_INTEGER})`;
	const conditions = ['person = $2', withPrefix(prefix), 'listed', ...(upTo === undefined ? [] : [last])];
	return {
		text: `SELECT count(*) AS n FROM errand.streams WHERE ${conditions.join(' AND ')}`,
		values: upTo === undefined ? [prefix, person] : [prefix, person, upTo],
	};
}

/** The kind is what the indexes know; a prefix that goes on after it is compared with each name of the kind, one that ends before it with all. */
function withPrefix(prefix: string): string {
	const end = prefix.indexOf('-') + 1;
	if (end === 0) return 'name ^@ $1';
	const ofKind = "kind = split_part($1, '-', 1)";
	return end === prefix.length ? ofKind : `${ofKind} AND name ^@ $1`;
}
