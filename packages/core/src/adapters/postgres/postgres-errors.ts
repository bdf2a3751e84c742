import { DatabaseError } from 'pg';
import { CoreError, describeError } from '../../domain/errors.ts';

/** Trouble says what an error of the driver calls for: another attempt on a new connection, one on the same, or none. */
export type Trouble = 'connection' | 'contention' | 'final';

/** Raised by `errand.check_region`. */
const TAKEN_OVER = 'ERR01';
/** Serialization failure, deadlock, lock not available (https://www.postgresql.org/docs/15/errcodes-appendix.html). */
const CONTENTION = new Set(['40001', '40P01', '55P03']);

/**
 * Shut down or starting up, too many connections, a statement cancelled by its time-out, a transaction idle for too
 * long; a server that only reads, because another one is the primary by now; and one that another region drives by now.
 */
const CONNECTION = new Set([
	'57P01',
	'57P02',
	'57P03',
	'57P05',
	'53300',
	'57014',
	'25P03',
	'25P02',
	'25006',
	TAKEN_OVER,
]);

/** troubleOf tells whether trying again can help. */
export function troubleOf(error: unknown): Trouble {
	if (error instanceof CoreError) return 'final';
	if (!(error instanceof DatabaseError)) return error instanceof TypeError ? 'final' : 'connection';
	const code = error.code ?? '';
	if (CONTENTION.has(code)) return 'contention';
	return CONNECTION.has(code) || code.startsWith('08') ? 'connection' : 'final';
}

/** isTakenOver tells that another region drives what stands in this database. */
export function isTakenOver(error: unknown): boolean {
	return error instanceof DatabaseError && error.code === TAKEN_OVER;
}

/** isDataError tells an error that one of several appends brought along, such as text that the database cannot hold. */
export function isDataError(error: unknown): boolean {
	return error instanceof DatabaseError && (error.code?.startsWith('22') || error.code?.startsWith('54')) === true;
}

/** translatePostgresError makes a CoreError of whatever the driver threw while `attempted` was going on. */
export function translatePostgresError(error: unknown, attempted: string): CoreError {
	if (error instanceof CoreError) return error;
	const seen = `Cannot ${attempted}: ${describeError(error) || 'the connection failed'}.`;
	const code = error instanceof DatabaseError ? (error.code ?? '') : '';
	if (code === '53100') {
		return new CoreError('disk-full', `Cannot ${attempted}: there is no room left on the disk of the database.`, {
			hint: 'Free some space on the disk of the database; waiting work then goes on by itself.',
			cause: error,
		});
	}
	if (code === TAKEN_OVER) {
		return new CoreError('store-unreachable', seen, {
			hint: 'This region stands down; go on in the other one. docs/regions.md says how to come back.',
			cause: error,
		});
	}
	if (code.startsWith('28') || code === '3D000') {
		return new CoreError('store-unreachable', seen, {
			hint: 'Mend the user, the password or the name of the database in DATABASE_URL.',
			cause: error,
		});
	}
	if (code.startsWith('XX')) {
		return new CoreError('store-corrupt', seen, {
			hint: 'Look at the log of the database server, and restore the database from a backup if it is damaged.',
			cause: error,
		});
	}
	if (troubleOf(error) === 'final') {
		return new CoreError('internal', seen, {
			hint: 'Try again; if it goes on, look at the log of the database server.',
			cause: error,
		});
	}
	return new CoreError('store-unreachable', seen, {
		hint: 'See that the database of DATABASE_URL runs and can be reached; what waits then goes on by itself.',
		cause: error,
	});
}
