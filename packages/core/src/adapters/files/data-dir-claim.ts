import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { CoreError, describeError } from '../../domain/errors.ts';
import { writeFileDurably } from './durable-file.ts';

/** DataDirOwner is who runs on a data directory; `url` once it listens. */
export interface DataDirOwner {
	readonly pid: number;
	/** ms since 1970. */
	readonly startedAt: number;
	readonly url?: string | undefined;
}

/** DataDirClaim is the right to a data directory, held until released or until the process is gone, however it went. */
export interface DataDirClaim {
	/** Tells clients where the server listens, in `gateway.json`. */
	publish(url: string): Promise<void>;
	/** Takes `gateway.json` away and lets the next one in; a second call does nothing. */
	release(): void;
}

/** claimDataDir takes a data directory for this process. Rejects with `data-dir-owned`, naming the owner, while another one has it. */
export async function claimDataDir(folder: string, owner: DataDirOwner): Promise<DataDirClaim> {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const lock = takeLock(folder);
	const publish = (known: DataDirOwner) =>
		writeFileDurably(ownerPath(folder), `${JSON.stringify(known, undefined, '\t')}\n`);
	try {
		await publish(owner);
	} catch (error) {
		lock.close();
		throw error;
	}
	return {
		publish: (url) => publish({ ...owner, url }),
		release: () => {
			if (!lock.isOpen) return;
			rmSync(ownerPath(folder), { force: true });
			lock.close();
		},
	};
}

/** findDataDirOwner reads who owns a data directory now; undefined if nobody does, even if a killed owner left its file behind. */
export function findDataDirOwner(folder: string): DataDirOwner | undefined {
	const owner = readOwner(folder);
	return owner !== undefined && isLocked(folder) ? owner : undefined;
}

const OwnerSchema = z.object({ pid: z.int(), startedAt: z.number(), url: z.string().optional() });

/** Long enough for a client that just looks, too short for a person to wait for. */
const lockTimeoutMs = 200;

/** The lock is SQLite's on an empty file of its own: the system drops it with the process, and it works alike on every platform. */
function takeLock(folder: string): DatabaseSync {
	const lock = new DatabaseSync(lockPath(folder), { timeout: lockTimeoutMs });
	try {
		lock.exec('BEGIN EXCLUSIVE');
		return lock;
	} catch (error) {
		lock.close();
		throw isBusy(error) ? owned(folder) : unusable(folder, error);
	}
}

function isLocked(folder: string): boolean {
	try {
		const lock = new DatabaseSync(lockPath(folder), { readOnly: true });
		try {
			lock.prepare('SELECT count(*) FROM sqlite_schema').get();
			return false;
		} catch (error) {
			return isBusy(error);
		} finally {
			lock.close();
		}
	} catch {
		return false;
	}
}

function readOwner(folder: string): DataDirOwner | undefined {
	try {
		return OwnerSchema.parse(JSON.parse(readFileSync(ownerPath(folder), 'utf8')));
	} catch {
		return undefined;
	}
}

function isBusy(error: unknown): boolean {
	const SQLITE_BUSY = 5;
	return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

function owned(folder: string): CoreError {
	const owner = readOwner(folder);
	const who =
		owner === undefined
			? 'another process has it'
			: `process ${owner.pid} has had it since ${new Date(owner.startedAt).toISOString()}${owner.url === undefined ? '' : ` and listens on ${owner.url}`}`;
	return new CoreError('data-dir-owned', `Cannot use the data directory ${folder}: ${who}.`, {
		hint: 'Use that server, stop it first, or set ERRAND_DATA_DIR to another folder.',
	});
}

function unusable(folder: string, cause: unknown): CoreError {
	return new CoreError('internal', `Cannot use the data directory ${folder}: ${describeError(cause)}.`, {
		hint: 'Check that the folder belongs to the user Errand runs as, and remove owner.lock if it is damaged.',
		cause,
	});
}

const ownerPath = (folder: string) => join(folder, 'gateway.json');
const lockPath = (folder: string) => join(folder, 'owner.lock');
