import type { StreamId } from '../../domain/ids.ts';
import type { Json } from '../../domain/json.ts';
import type { ISnapshotStore } from '../../ports/event-store.ts';
import type { PostgresLine } from './postgres-line.ts';

/** PostgresSnapshotStore keeps the last snapshot of each stream, in a table that a crash of the server may empty. */
export class PostgresSnapshotStore implements ISnapshotStore {
	readonly #line: PostgresLine;

	constructor(line: PostgresLine) {
		this.#line = line;
	}

	async load(stream: StreamId, version: string): Promise<{ seq: number; state: Json } | undefined> {
		const [row] = await this.#line.query<{ seq: number; state: string }>('read a snapshot', {
			text: 'SELECT seq, state FROM errand.snapshots WHERE stream = $1 AND version = $2',
			values: [stream, version],
		});
		return row === undefined ? undefined : { seq: row.seq, state: JSON.parse(row.state) as Json };
	}

	async save(stream: StreamId, { version, seq, state }: { version: string; seq: number; state: Json }): Promise<void> {
		await this.#line.query('save a snapshot', {
			text: `
				INSERT INTO errand.snapshots (stream, version, seq, state) VALUES ($1, $2, $3, $4)
				ON CONFLICT (stream) DO UPDATE SET version = excluded.version, seq = excluded.seq, state = excluded.state`,
			values: [stream, version, seq, JSON.stringify(state)],
		});
	}
}
