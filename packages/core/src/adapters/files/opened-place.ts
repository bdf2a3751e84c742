import { constants } from 'node:fs';
import { type FileHandle, open, readlink } from 'node:fs/promises';
import { hasCode } from './durable-file.ts';
import { isBelow, leadsOut } from './project-paths.ts';

/**
 * openAtOnce opens a file to be read, by its real path. It waits for nobody: a named pipe that no one writes to would otherwise
 * keep one of the few threads that all files of the process share. Look what it is before reading.
 */
export function openAtOnce(path: string): Promise<FileHandle> {
	return open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0));
}

/** checkOpened refuses what is outside the root although its path was not: a folder on the way became a link in between. */
export async function checkOpened(root: string, path: string, handle: FileHandle): Promise<void> {
	const place = await placeOf(handle);
	if (place !== undefined && !isBelow(root, place)) throw leadsOut(root, path);
}

/** HeldFolder is a folder that stays the same one, whatever happens to its path. */
interface HeldFolder {
	/** What is named below this is in that very folder, where the system can tell. */
	readonly path: string;
	release(): Promise<void>;
}

/** heldFolder holds a folder by its real path, so that what is written into it lands nowhere else. */
export async function heldFolder(root: string, folder: string): Promise<HeldFolder> {
	const handle = await openAtOnce(folder);
	try {
		await checkOpened(root, folder, handle);
		const path = (await placeOf(handle)) === undefined ? folder : descriptor(handle);
		return { path, release: () => handle.close() };
	} catch (error) {
		await handle.close();
		throw error;
	}
}

/** Linux says where something is that was opened; elsewhere there is only the path that was checked before. */
async function placeOf(handle: FileHandle): Promise<string | undefined> {
	try {
		return await readlink(descriptor(handle));
	} catch (error) {
		if (hasCode(error, 'ENOENT')) return undefined;
		throw error;
	}
}

function descriptor({ fd }: FileHandle): string {
	return `/proc/self/fd/${fd}`;
}
