import { CoreError, describeError } from '../../domain/errors.ts';

const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;

/** translateSqliteError makes a CoreError of whatever the driver threw while `attempted` was going on. */
export function translateSqliteError(error: unknown, attempted: string): CoreError {
	if (error instanceof CoreError) return error;
	const seen = `Cannot ${attempted}: ${describeError(error)}.`;
	switch (primaryCode(error)) {
		case SQLITE_FULL:
			return new CoreError('disk-full', `Cannot ${attempted}: there is no room left on the disk.`, {
				hint: 'Free some space on the disk of the data directory; waiting work then goes on by itself.',
				cause: error,
			});
		case SQLITE_CORRUPT:
		case SQLITE_NOTADB:
			return new CoreError('store-corrupt', seen, {
				hint: 'Nothing was overwritten. Stop Errand, keep a copy of the file, and restore it from a backup.',
				cause: error,
			});
		default:
			return new CoreError('internal', seen, {
				hint: 'Try again; if it goes on, look at the disk and the permissions of the data directory.',
				cause: error,
			});
	}
}

/** The low byte of an extended result code, e.g. 13 of SQLITE_FULL; undefined for what did not come from SQLite. */
function primaryCode(error: unknown): number | undefined {
	if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
	return error.errcode & 0xff;
}
