import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** FolderLock is one process's hold on a folder, until released or until the process is gone, however it went. */
export interface FolderLock {
	release(): void;
}

/**
 * lockFolder takes a folder, which is made if need be; undefined while another process has it. The lock is SQLite's on an empty
 * file: the system drops it with the process, and it works alike on every platform.
 */
export function lockFolder(folder: string): FolderLock | undefined {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const lock = new DatabaseSync(join(folder, LOCK_NAME), { timeout: 0 });
	try {
		lock.exec('BEGIN EXCLUSIVE');
	} catch {
		lock.close();
		return undefined;
	}
	return { release: () => lock.isOpen && lock.close() };
}

/** lockAbandoned takes those folders below a root that nobody has: their processes are gone. */
export function lockAbandoned(root: string): { readonly folder: string; readonly lock: FolderLock }[] {
	let names: string[];
	try {
		names = readdirSync(root);
	} catch {
		return [];
	}
	return names.flatMap((name) => {
		const folder = join(root, name);
		const lock = lockFolder(folder);
		return lock === undefined ? [] : [{ folder, lock }];
	});
}

const LOCK_NAME = 'owner.lock';
