import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CoreError, describeError } from '../../domain/errors.ts';

/** temporaryPrefix begins the names of files that are still being written; one left over from a crash may be removed. */
export const temporaryPrefix = '.writing-';

/**
 * writeFileDurably replaces a file whole: a reader sees the old one or the new one, also after a power cut. It returns
 * once bytes, name and folder are on disk, and makes missing folders.
 */
export async function writeFileDurably(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
	await replace(path, content, mode);
	await synced(dirname(path));
}

/**
 * writePairDurably does so with two files of one folder: no reader sees the second without the first. A power cut before it
 * returns may leave either of them.
 */
export async function writePairDurably(...pair: readonly [NewFile, NewFile]): Promise<void> {
	for (const { path, content } of pair) await replace(path, content, 0o600);
	await synced(dirname(pair[1].path));
}

/** NewFile is a file that is to be written. */
interface NewFile {
	readonly path: string;
	readonly content: string | Uint8Array;
}

/** Replaces a file by one whose bytes are on disk; its name may not be yet. */
async function replace(path: string, content: string | Uint8Array, mode: number): Promise<void> {
	const temporary = join(dirname(path), `${temporaryPrefix}${randomUUID()}`);
	try {
		await writeAndSync(await openNew(temporary, mode), content);
		await rename(temporary, path);
	} catch (error) {
		await discard(temporary);
		throw translateFileError(error, `write ${path}`);
	}
}

/** The folder is nearly always there. */
async function openNew(path: string, mode: number): Promise<FileHandle> {
	try {
		return await open(path, 'wx', mode);
	} catch (error) {
		if (!hasCode(error, 'ENOENT')) throw error;
		await mkdir(dirname(path), { recursive: true, mode: 0o700 });
		return open(path, 'wx', mode);
	}
}

/** readFileIfThere reads a file whole; undefined when there is none. */
export async function readFileIfThere(path: string): Promise<Buffer | undefined> {
	try {
		return await readFile(path);
	} catch (error) {
		if (hasCode(error, 'ENOENT')) return undefined;
		throw translateFileError(error, `read ${path}`);
	}
}

/** discard removes a file that is of no use; whether that worked matters to nobody. */
export async function discard(path: string): Promise<void> {
	await rm(path, { force: true }).catch(() => undefined);
}

/** Makes the names in a folder durable, as fsync of a file does not. */
async function synced(folder: string): Promise<void> {
	try {
		const handle = await open(folder, 'r');
		await handle.sync().finally(() => handle.close());
	} catch (error) {
		throw translateFileError(error, `write to ${folder}`);
	}
}

/** translateFileError makes a CoreError of what the file system threw while `attempted` was going on. */
export function translateFileError(error: unknown, attempted: string): CoreError {
	if (error instanceof CoreError) return error;
	if (hasCode(error, 'ENOSPC') || hasCode(error, 'EDQUOT')) {
		return new CoreError('disk-full', `Cannot ${attempted}: there is no room left on the disk.`, {
			hint: 'Free some space on the disk of the data directory, then try again.',
			cause: error,
		});
	}
	return new CoreError('internal', `Cannot ${attempted}: ${describeError(error)}.`, {
		hint: 'Check that the data directory exists and belongs to the user Errand runs as.',
		cause: error,
	});
}

/** hasCode recognises an error of the file system, e.g. `ENOENT`. */
export function hasCode(error: unknown, code: string): boolean {
	return error instanceof Error && 'code' in error && error.code === code;
}

async function writeAndSync(handle: FileHandle, content: string | Uint8Array): Promise<void> {
	try {
		await handle.writeFile(content);
		await handle.sync();
	} finally {
		await handle.close();
	}
}
