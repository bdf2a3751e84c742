import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { CoreError } from '../../domain/errors.ts';
import { numberOf } from './row-values.ts';
import { translateSqliteError } from './sqlite-errors.ts';

/** The steps from an empty file to today's tables; one that was released is never changed, a new one is added below. */
const STEPS: readonly string[] = [
	`
	CREATE TABLE calls (
		n INTEGER PRIMARY KEY,
		id TEXT NOT NULL UNIQUE,
		at INTEGER NOT NULL,
		person TEXT,
		task TEXT,
		step TEXT,
		purpose TEXT NOT NULL,
		complexity TEXT NOT NULL,
		provider TEXT NOT NULL,
		model TEXT NOT NULL,
		reason TEXT NOT NULL,
		input_tokens INTEGER NOT NULL,
		cached_tokens INTEGER NOT NULL,
		output_tokens INTEGER NOT NULL,
		micro_usd REAL NOT NULL,
		ms REAL NOT NULL,
		first_ms REAL,
		outcome TEXT NOT NULL,
		error TEXT
	) STRICT;
	CREATE INDEX calls_by_time ON calls (at, n);
	CREATE INDEX calls_of_person ON calls (person, at, n) WHERE person IS NOT NULL;
	CREATE INDEX calls_of_task ON calls (task, at, n) WHERE task IS NOT NULL;
	CREATE TABLE totals (
		day TEXT NOT NULL,
		person TEXT NOT NULL,
		micro_usd REAL NOT NULL,
		PRIMARY KEY (day, person)
	) STRICT, WITHOUT ROWID;
	CREATE TABLE transcripts (
		call TEXT PRIMARY KEY,
		request TEXT NOT NULL,
		reply TEXT NOT NULL,
		until INTEGER NOT NULL
	) STRICT;
	CREATE INDEX transcripts_by_end ON transcripts (until);
	`,
];

/** "ErrM": tells the book of models from the file of history. */
const APPLICATION_ID = 0x4572724d;

/** openLedgerFile opens or creates the book of what models cost; one that is damaged, newer or something else is refused as it is. */
export function openLedgerFile(path: string): DatabaseSync {
	let db: DatabaseSync | undefined;
	try {
		// Only its owner may read it; SQLite gives the files it puts beside it the same mode.
		if (path !== ':memory:' && !existsSync(path)) closeSync(openSync(path, 'a', 0o600));
		db = new DatabaseSync(path, { timeout: 1_000 });
		const from = versionOf(db, path);
		// What was written survives the process; a power cut may take the last moment. Deleted words leave nothing behind.
		db.exec(`
			PRAGMA journal_mode = WAL;
			PRAGMA synchronous = NORMAL;
			PRAGMA journal_size_limit = 4194304;
			PRAGMA secure_delete = ON;
		`);
		for (const [index, sql] of STEPS.entries()) {
			if (index < from) continue;
			db.exec(`BEGIN IMMEDIATE; ${sql};
				PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${index + 1}; COMMIT`);
		}
		return db;
	} catch (error) {
		if (db?.isOpen) db.close();
		throw translateSqliteError(error, `open the book of model costs in ${path}`);
	}
}

function versionOf(db: DatabaseSync, path: string): number {
	const pragma = (name: string) => numberOf(db.prepare(`PRAGMA ${name}`).get() ?? {}, name);
	const tables = numberOf(db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() ?? {}, 'tables');
	if (tables === 0) return 0;
	const version = pragma('user_version');
	if (pragma('application_id') === APPLICATION_ID && version <= STEPS.length) return version;
	throw new CoreError('store-newer', `Cannot open the book of model costs in ${path}: this Errand did not write it.`, {
		hint: 'Start the newer Errand that wrote it, or move the file away: a new book is begun then. Nothing was changed.',
	});
}
