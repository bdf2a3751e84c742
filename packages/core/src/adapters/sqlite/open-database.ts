import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { CoreError } from '../../domain/errors.ts';
import { applicationId, currentVersion, migrate } from './migrations.ts';
import { numberOf } from './row-values.ts';
import { translateSqliteError } from './sqlite-errors.ts';

/** openDatabase opens or creates the file and brings its tables up to date. A file that is damaged, newer or someone else's is refused as it is. */
export function openDatabase(path: string, maxPages: number | undefined): DatabaseSync {
	let db: DatabaseSync | undefined;
	try {
		if (path !== ':memory:') prepareFile(path);
		db = new DatabaseSync(path, { timeout: 1_000 });
		const version = assertOurs(db, path);
		configure(db, maxPages);
		migrate(db, version);
		return db;
	} catch (error) {
		if (db?.isOpen) db.close();
		throw translateSqliteError(error, `open the history in ${path}`);
	}
}

/** Makes a new file that only its owner can read; SQLite gives the files it puts beside it the same mode. */
function prepareFile(path: string): void {
	if (existsSync(path)) assertHeader(path);
	else closeSync(openSync(path, 'a', 0o600));
}

/** Looks at the bytes before SQLite does: it takes an empty or short file for a new database, and might write to it. */
function assertHeader(path: string): void {
	const { size } = statSync(path);
	// SQLite makes the file when it opens it, and fills it with the first commit: a crash in between leaves it empty.
	if (size === 0) return;
	const header = Buffer.alloc(100);
	const file = openSync(path, 'r');
	try {
		readSync(file, header, 0, 100, 0);
	} finally {
		closeSync(file);
	}
	if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0') throw corrupt(path, 'it is not an SQLite database');
	// https://www.sqlite.org/fileformat.html: page size at 16 (1 means 65,536), number of pages at 28. With a write-ahead
	// log beside it, the file may rightly be shorter than its header says.
	const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
	const expected = header.readUInt32BE(28) * pageSize;
	if (size < expected && !existsSync(`${path}-wal`)) {
		throw corrupt(path, `it has ${size} bytes where ${expected} should be`);
	}
}

function assertOurs(db: DatabaseSync, path: string): number {
	const version = pragma(db, 'user_version');
	const owner = pragma(db, 'application_id');
	const tables = numberOf(db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() ?? {}, 'tables');
	if (tables === 0) return 0;
	if (owner !== applicationId) throw corrupt(path, 'it is a database of another program');
	if (version > currentVersion) {
		throw new CoreError(
			'store-newer',
			`Cannot open the history in ${path}: it has version ${version}, and this Errand knows versions up to ${currentVersion}.`,
			{ hint: 'Start the newer Errand that wrote it, or set ERRAND_DATA_DIR to another folder. Nothing was changed.' },
		);
	}
	return version;
}

/** `secure_delete` overwrites what is erased or replaced, so that no blanked payload stays behind in free pages. */
function configure(db: DatabaseSync, maxPages: number | undefined): void {
	db.exec(`
		PRAGMA journal_mode = WAL;
		PRAGMA synchronous = FULL;
		PRAGMA journal_size_limit = 16777216;
		PRAGMA secure_delete = ON;
	`);
	if (maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${Math.trunc(maxPages)}`);
}

function pragma(db: DatabaseSync, name: string): number {
	return numberOf(db.prepare(`PRAGMA ${name}`).get() ?? {}, name);
}

function corrupt(path: string, seen: string): CoreError {
	return new CoreError('store-corrupt', `Cannot open the history in ${path}: ${seen}.`, {
		hint: 'Nothing was overwritten. Keep a copy of the file and restore it from a backup, or set ERRAND_DATA_DIR to another folder.',
	});
}
