import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { CoreError } from '../../domain/errors.ts';

/** Room for this much must be there again before the store counts as usable, so that it does not flap. */
const reserveBytes = 64 * 1024;

/**
 * DiskRoom is the condition "the disk is full". While it holds, appends are refused at once and a probe looks for room
 * every so often; the condition ends by itself when the probe could commit.
 */
export class DiskRoom {
	readonly #db: DatabaseSync;
	readonly #probeEveryMs: number;
	readonly #fill: StatementSync;
	readonly #empty: StatementSync;
	readonly #listeners = new Set<(full: boolean) => void>();
	#timer: NodeJS.Timeout | undefined;

	constructor(db: DatabaseSync, probeEveryMs: number) {
		this.#db = db;
		this.#probeEveryMs = probeEveryMs;
		this.#fill = db.prepare('INSERT INTO room_probe (filler) VALUES (zeroblob(?))');
		this.#empty = db.prepare('DELETE FROM room_probe WHERE rowid <> ?');
	}

	get full(): boolean {
		return this.#timer !== undefined;
	}

	/** Throws `disk-full` while the condition holds. */
	assertRoom(): void {
		if (!this.full) return;
		throw new CoreError('disk-full', 'Cannot write history: there is no room left on the disk.', {
			hint: 'Free some space on the disk of the data directory; waiting work then goes on by itself.',
		});
	}

	reportFull(): void {
		if (this.#timer !== undefined) return;
		this.#timer = setInterval(this.#probe, this.#probeEveryMs).unref();
		this.#tell(true);
	}

	onChange(listener: (full: boolean) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	stop(): void {
		clearInterval(this.#timer);
		this.#listeners.clear();
	}

	readonly #probe = (): void => {
		try {
			// The log may hold what would fit into the database itself.
			this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE); BEGIN IMMEDIATE');
			// The new filler is written before the old one goes: reusing the old one's pages would prove nothing.
			this.#empty.run(this.#fill.run(reserveBytes).lastInsertRowid);
			this.#db.exec('COMMIT');
		} catch {
			if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
			return;
		}
		clearInterval(this.#timer);
		this.#timer = undefined;
		this.#tell(false);
	};

	#tell(full: boolean): void {
		for (const listener of this.#listeners) listener(full);
	}
}
