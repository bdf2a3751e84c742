import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasCode, temporaryPrefix, translateFileError } from './durable-file.ts';

/**
 * readOrCreateKey reads a key file, or makes it on first use, readable by its owner only. Of two processes that make it at
 * once, one wins and both read the same key.
 */
export function readOrCreateKey(path: string, make: () => string): string {
	try {
		return readKey(path) ?? createKey(path, make());
	} catch (error) {
		throw translateFileError(error, `read the key in ${path}`);
	}
}

/** readKey reads a key file; undefined if there is none. */
export function readKey(path: string): string | undefined {
	try {
		return readFileSync(path, 'utf8');
	} catch (error) {
		if (hasCode(error, 'ENOENT')) return undefined;
		throw error;
	}
}

function createKey(path: string, key: string): string {
	const folder = dirname(path);
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const temporary = join(folder, `${temporaryPrefix}${randomUUID()}`);
	const file = openSync(temporary, 'wx', 0o600);
	try {
		writeSync(file, key);
		fsyncSync(file);
		// A link, unlike a rename, never replaces a key that another process made in between.
		linkSync(temporary, path);
		syncFolderNow(folder);
		return key;
	} catch (error) {
		if (!hasCode(error, 'EEXIST')) throw error;
		return readFileSync(path, 'utf8');
	} finally {
		closeSync(file);
		rmSync(temporary, { force: true });
	}
}

function syncFolderNow(folder: string): void {
	const handle = openSync(folder, 'r');
	fsyncSync(handle);
	closeSync(handle);
}
