import type { DatabaseSync } from 'node:sqlite';

/** applicationId marks the file as Errand's: "Errd" (https://www.sqlite.org/pragma.html#pragma_application_id). */
export const applicationId = 0x45727264;

/**
 * migrations are the steps from an empty file to today's tables: step n brings `user_version` from n to n + 1. A step
 * that was released is never changed; a new one is added below.
 *
 * An append is one row, whatever the number of its facts; `payload` is its salt and then the JSON of the facts' data, and
 * NULL once erased. Streams have small numbers of their own, given in the order of
 * their creation: the index over (stream, first_seq) then keeps busy streams on few pages, and a commit writes little.
 */
const migrations: readonly string[] = [
	`
	CREATE TABLE streams (
		id INTEGER PRIMARY KEY,
		name TEXT NOT NULL UNIQUE,
		person TEXT,
		due_at INTEGER,
		summary TEXT
	) STRICT;
	CREATE INDEX open_streams ON streams (name, due_at) WHERE due_at IS NOT NULL;
	CREATE INDEX streams_of_person ON streams (person) WHERE person IS NOT NULL;

	CREATE TABLE appends (
		position INTEGER PRIMARY KEY,
		stream INTEGER NOT NULL,
		first_seq INTEGER NOT NULL,
		last_seq INTEGER NOT NULL,
		at INTEGER NOT NULL,
		types TEXT NOT NULL,
		payload_hash TEXT NOT NULL,
		idempotency_key TEXT,
		payload TEXT,
		UNIQUE (stream, first_seq)
	) STRICT;
	CREATE UNIQUE INDEX idempotency_keys ON appends (idempotency_key) WHERE idempotency_key IS NOT NULL;

	CREATE TABLE seals (last_position INTEGER PRIMARY KEY, hash TEXT NOT NULL) STRICT;
	CREATE TABLE signed_head (
		id INTEGER PRIMARY KEY CHECK (id = 1),
		position INTEGER NOT NULL,
		hash TEXT NOT NULL,
		signature TEXT NOT NULL
	) STRICT;

	CREATE TABLE snapshots (stream TEXT PRIMARY KEY, version TEXT NOT NULL, seq INTEGER NOT NULL, state TEXT NOT NULL) STRICT;
	CREATE TABLE room_probe (filler BLOB NOT NULL) STRICT;
	`,
	`
	CREATE INDEX dead_letters ON streams (person, id) WHERE json_extract(summary, '$.deadLetters') IS NOT NULL;
	`,
	// Found by person and kind (a name up to its first dash), streams come in the order of their numbers, which end each entry.
	// An append to a listed stream writes to none of these.
	`
	DROP INDEX streams_of_person;
	CREATE INDEX streams_of_person ON streams (person, substr(name, 1, instr(name, '-'))) WHERE person IS NOT NULL;
	CREATE INDEX streams_of_kind ON streams (substr(name, 1, instr(name, '-')));
	CREATE INDEX unlisted_streams ON streams (person, substr(name, 1, instr(name, '-')))
		WHERE summary IS NULL AND person IS NOT NULL;
	`,
	// The seal of a commit stands in the row of its last append: a page less is written. Those of before stay where they are.
	`
	ALTER TABLE seals RENAME TO earlier_seals;
	ALTER TABLE appends ADD COLUMN seal TEXT;
	CREATE VIEW seals AS
		SELECT last_position, hash FROM earlier_seals
		UNION ALL SELECT position, seal FROM appends WHERE seal IS NOT NULL;
	`,
	// A task that waits for the budget of a day goes on when that is back, and was once kept as owing nothing. Who looks sees what it owes.
	`
	UPDATE streams SET due_at = 0
		WHERE due_at IS NULL AND name GLOB 'task-*' AND summary LIKE '%"status":"waiting"%';
	`,
];

/** currentVersion is the `user_version` this code reads and writes. */
export const currentVersion = migrations.length;

/** migrate runs the steps that are missing, each in a transaction of its own. */
export function migrate(db: DatabaseSync, from: number): void {
	for (const [index, sql] of migrations.entries()) {
		if (index < from) continue;
		db.exec('BEGIN IMMEDIATE');
		try {
			db.exec(sql);
			db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${index + 1}`);
			db.exec('COMMIT');
		} catch (error) {
			if (db.isTransaction) db.exec('ROLLBACK');
			throw error;
		}
	}
}
