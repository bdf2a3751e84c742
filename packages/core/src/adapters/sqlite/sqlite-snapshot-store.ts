import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StreamId } from '../../domain/ids.ts';
import type { Json } from '../../domain/json.ts';
import type { ISnapshotStore } from '../../ports/event-store.ts';
import type { GroupCommit } from './group-commit.ts';
import { numberOf, textOf } from './row-values.ts';
import { reading } from './sqlite-event-store.ts';

/** SqliteSnapshotStore keeps the last snapshot of each stream; saving one travels with the appends of its event-loop turn. */
export class SqliteSnapshotStore implements ISnapshotStore {
	readonly #commits: GroupCommit;
	readonly #load: StatementSync;
	readonly #save: StatementSync;

	constructor(db: DatabaseSync, commits: GroupCommit) {
		this.#commits = commits;
		this.#load = db.prepare('SELECT seq, state FROM snapshots WHERE stream = ? AND version = ?');
		this.#save = db.prepare(`
			INSERT INTO snapshots (stream, version, seq, state) VALUES (?, ?, ?, ?)
			ON CONFLICT (stream) DO UPDATE SET version = excluded.version, seq = excluded.seq, state = excluded.state`);
	}

	async load(stream: StreamId, version: string): Promise<{ seq: number; state: Json } | undefined> {
		return reading(() => {
			const row = this.#load.get(stream, version);
			if (row === undefined) return undefined;
			return { seq: numberOf(row, 'seq'), state: JSON.parse(textOf(row, 'state')) as Json };
		});
	}

	async save(stream: StreamId, snapshot: { version: string; seq: number; state: Json }): Promise<void> {
		const state = JSON.stringify(snapshot.state);
		await this.#commits.enqueue(() => this.#save.run(stream, snapshot.version, snapshot.seq, state));
	}
}
