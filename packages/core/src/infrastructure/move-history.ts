import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { claimDataDir } from '../adapters/files/data-dir-claim.ts';
import { FileNote } from '../adapters/files/file-note.ts';
import { openFileVault, readFileVault } from '../adapters/files/file-vault.ts';
import { openHistorySigner, seededHistorySigner } from '../adapters/files/history-signer.ts';
import { copyHistory, type HistoryDigest, type IHistorySource } from '../adapters/history/history-copy.ts';
import { SystemClock } from '../adapters/in-process/system-clock.ts';
import { copyLedger, type ILedgerCopy } from '../adapters/ledger/ledger-copy.ts';
import { openPostgresHistory } from '../adapters/postgres/open-postgres-history.ts';
import { withPostgresCopy } from '../adapters/postgres/postgres-copy.ts';
import { openSqliteStore } from '../adapters/sqlite/open-sqlite-store.ts';
import { SqliteCopy } from '../adapters/sqlite/sqlite-copy.ts';
import { SqliteLedgerCopy } from '../adapters/sqlite/sqlite-ledger-copy.ts';
import { CoreError } from '../domain/errors.ts';
import type { IHistoryAudit } from '../ports/event-store.ts';
import type { ILogger } from '../ports/logger.ts';
import { clusterKeys } from './cluster-keys.ts';

/** MoveOptions say between which data directory and which database history moves, and which way. */
export interface MoveOptions {
	readonly to: 'postgres' | 'sqlite';
	readonly dataDir: string;
	readonly databaseUrl: string;
	readonly secretKey: string | undefined;
	readonly log: ILogger;
	/** Hears in words how far it is. */
	readonly tell: (line: string) => void;
}

/** Moved is what went over, alike on both sides. */
export interface Moved extends HistoryDigest {
	readonly secrets: number;
	readonly notes: number;
	/** Of language models, in the book of what they cost. */
	readonly calls: number;
}

/**
 * moveHistory copies history with its secrets and notes from a data directory into an empty database, or back into a data
 * directory without history. Both are verified, before and after; all of it arrives or nothing, and the source stays as it is. Rejects with CoreError.
 */
export async function moveHistory(options: MoveOptions): Promise<Moved> {
	const claim = await claimDataDir(options.dataDir, { pid: process.pid, startedAt: new SystemClock().now() });
	try {
		return options.to === 'postgres' ? await toPostgres(options) : await toSqlite(options);
	} finally {
		claim.release();
	}
}

async function toPostgres(options: MoveOptions): Promise<Moved> {
	const { dataDir, databaseUrl, tell } = options;
	const path = historyPath(dataDir);
	if (!existsSync(path)) {
		throw new CoreError('not-found', `There is no history in ${dataDir}.`, {
			hint: 'Set ERRAND_DATA_DIR to the data directory whose history is to move.',
		});
	}
	const signer = openHistorySigner(join(dataDir, 'history.key'));
	tell('Verifying the history in the data directory…');
	await verifySqlite(path, signer);
	const source = new SqliteCopy(path, signer);
	try {
		const moved = await withPostgresCopy(databaseUrl, async (target) => {
			await target.assertEmpty();
			const digest = await copyHistory(source, target, progress(tell));
			await assertSame(digest, target, tell);
			const secrets = await readFileVault(vaultFiles(dataDir));
			await target.addSecrets(secrets, clusterKeys(options)('vault'));
			const notes = await readNotes(dataDir);
			await target.addNotes(notes);
			const calls = await withLedgerOf(dataDir, (ledger) => copyLedger(ledger, target.ledger));
			return { ...digest, secrets: secrets.length, notes: notes.length, calls };
		});
		tell('Verifying the history in the database…');
		await verifyPostgres(options);
		return moved;
	} finally {
		source.close();
	}
}

async function toSqlite(options: MoveOptions): Promise<Moved> {
	const { dataDir, databaseUrl, tell } = options;
	const path = historyPath(dataDir);
	const signer = openHistorySigner(join(dataDir, 'history.key'));
	if (existsSync(path)) {
		throw new CoreError('not-possible', `${dataDir} holds a history already; nothing was changed.`, {
			hint: `Move ${path} away, or set ERRAND_DATA_DIR to another folder.`,
		});
	}
	tell('Verifying the history in the database…');
	await verifyPostgres(options);
	const making = `${path}.moving`;
	const book = ledgerPath(dataDir);
	const makingBook = `${book}.moving`;
	const ends = [making, makingBook].flatMap((file) => ['', '-wal', '-shm'].map((end) => file + end));
	const sweep = () => Promise.all(ends.map((file) => rm(file, { force: true })));
	await sweep();
	try {
		const moved = await withPostgresCopy(databaseUrl, async (source) => {
			const target = new SqliteCopy(making, signer);
			try {
				const digest = await copyHistory(source, target, progress(tell));
				await assertSame(digest, target, tell);
				const secrets = await source.secrets(clusterKeys(options)('vault'));
				const vault = await openFileVault(vaultFiles(dataDir));
				for (const [name, secret] of secrets) await vault.put(name, secret);
				const notes = await source.notes();
				for (const [name, text] of notes) await new FileNote(join(dataDir, `${name}.json`)).save(text);
				const calls = await copyInto(makingBook, source.ledger);
				return { ...digest, secrets: secrets.length, notes: notes.length, calls };
			} finally {
				target.close();
			}
		});
		tell('Verifying the history in the data directory…');
		await verifySqlite(making, signer);
		// The book that was there is of before the history was moved to the database.
		if (existsSync(book)) await rename(book, `${book}.before`);
		await rename(makingBook, book);
		// Only now is it there.
		await rename(making, path);
		return moved;
	} finally {
		await sweep();
	}
}

async function assertSame(copied: HistoryDigest, target: IHistorySource, tell: MoveOptions['tell']): Promise<void> {
	tell('Comparing…');
	const { streams, appends, facts, hash } = await copyHistory(target, undefined, () => undefined);
	if (hash === copied.hash && streams === copied.streams && appends === copied.appends && facts === copied.facts)
		return;
	throw new CoreError('store-corrupt', 'What arrived is not what was sent; nothing was kept of it.', {
		hint: 'Look at the disks and the log of the database server, and try again.',
	});
}

async function verifySqlite(path: string, signer: Parameters<typeof openSqliteStore>[0]['signer']): Promise<void> {
	const store = openSqliteStore({ path, signer });
	try {
		await assertWhole(path, store.audit);
	} finally {
		store.close();
	}
}

async function verifyPostgres(options: MoveOptions): Promise<void> {
	const { databaseUrl, log } = options;
	const signer = seededHistorySigner(clusterKeys(options)('history'));
	const history = await openPostgresHistory({ url: databaseUrl, self: `move-${process.pid}`, signer, log });
	try {
		await assertWhole('the database', history.audit);
	} finally {
		await history.close();
	}
}

async function assertWhole(place: string, audit: IHistoryAudit): Promise<void> {
	const verified = await audit.verify();
	if (verified.ok) return;
	throw new CoreError('store-corrupt', `The history in ${place} is not whole: ${verified.message}`, {
		hint: 'It was changed by something other than Errand, or is sealed with another key. Compare it with a backup.',
	});
}

/** A data directory whose models were never asked has no book. */
async function withLedgerOf(dataDir: string, copy: (ledger: SqliteLedgerCopy) => Promise<number>): Promise<number> {
	const path = ledgerPath(dataDir);
	if (!existsSync(path)) return 0;
	const ledger = new SqliteLedgerCopy(path);
	try {
		return await copy(ledger);
	} finally {
		ledger.close();
	}
}

async function copyInto(path: string, source: ILedgerCopy): Promise<number> {
	const ledger = new SqliteLedgerCopy(path);
	try {
		return await copyLedger(source, ledger);
	} finally {
		ledger.close();
	}
}

const ledgerPath = (dataDir: string) => join(dataDir, 'models.db');
const historyPath = (dataDir: string) => join(dataDir, 'history.db');
const vaultFiles = (dataDir: string) => ({ path: join(dataDir, 'vault'), keyPath: join(dataDir, 'vault.key') });

/** What frontends remember, each in a file of its own. */
async function readNotes(dataDir: string): Promise<readonly (readonly [string, string])[]> {
	const folder = join(dataDir, 'frontends');
	const files = existsSync(folder) ? await readdir(folder) : [];
	const notes: [string, string][] = [];
	for (const file of files.filter((name) => /^[^.].*\.json$/.test(name)).toSorted()) {
		const text = await new FileNote(join(folder, file)).load();
		if (text !== undefined) notes.push([`frontends/${basename(file, '.json')}`, text]);
	}
	return notes;
}

const TELL_EVERY_MS = 1_000;

function progress(tell: MoveOptions['tell']): (appends: number) => void {
	let last = performance.now();
	return (appends) => {
		if (performance.now() - last < TELL_EVERY_MS) return;
		last = performance.now();
		tell(`${appends.toLocaleString('en')} appends copied…`);
	};
}
