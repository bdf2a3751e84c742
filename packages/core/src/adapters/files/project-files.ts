import { randomUUID } from 'node:crypto';
import { type BigIntStats, type FSWatcher, watch } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CoreError, describeError } from '../../domain/errors.ts';
import type { FileMark, IProjectFiles, ProjectFile } from '../../ports/project-files.ts';
import { discard, hasCode } from './durable-file.ts';
import { checkOpened, heldFolder, openAtOnce } from './opened-place.ts';
import { confinedPath, refuseGitsOwn } from './project-paths.ts';

const MAX_BYTES = 64 * 1024 * 1024;
/** Clocks of file systems tick as coarsely as this. */
const TICK_MS = 20;
const POLL_MS = 2_000;
const CALM_MS = 50;
const TEMPORARY = '.errand-writing-';
/** A temporary file this old (ms) is left over from a process that was killed. */
const LEFT_OVER_MS = 60_000;
const LOCK_MS = 5_000;
const LOCK_PATIENCE_MS = 10_000;
const LOCK_PAUSE_MS = 3;

/** ProjectFiles are the files of people's projects on this machine's own disks. */
export class ProjectFiles implements IProjectFiles {
	readonly #swept = new Set<string>();

	read(root: string, path: string, limits = { maxBytes: MAX_BYTES }): Promise<ProjectFile | undefined> {
		return opened(root, path, limits, async (handle, before) => {
			return { text: (await handle.readFile('utf8')).replace(/^\uFEFF/, ''), mark: markFrom(before) };
		});
	}

	bytes(root: string, path: string, limits = { maxBytes: MAX_BYTES }): Promise<Uint8Array | undefined> {
		return opened(root, path, limits, (handle) => handle.readFile());
	}

	markOf(root: string, path: string): Promise<FileMark | undefined> {
		return translated(path, 'look at', async () => {
			// Whatever a link leads to is checked when it is read; here only the file's times are seen.
			const found = await statIfThere(resolve(root, path));
			return found === undefined ? undefined : markFrom(found);
		});
	}

	write(
		root: string,
		path: string,
		text: string,
		{ over }: { readonly over?: string | null | undefined } = {},
	): Promise<FileMark | undefined> {
		return translated(path, 'write', async () => {
			const confined = await confinedPath(root, path);
			refuseGitsOwn(root, confined);
			const folder = dirname(confined);
			await mkdir(folder, { recursive: true });
			const held = await heldFolder(root, folder);
			try {
				const place = join(held.path, basename(confined));
				const before = await statIfThere(place);
				if (before !== undefined) checkFile(path, before);
				await this.#sweep(folder);
				const mode = before === undefined ? undefined : Number(before.mode) & 0o777;
				const temporary = join(held.path, `${TEMPORARY}${randomUUID()}`);
				return await replaced({ place, temporary, text, mode, over });
			} finally {
				await held.release();
			}
		});
	}

	remove(root: string, path: string): Promise<boolean> {
		return translated(path, 'remove', async () => {
			const confined = await confinedPath(root, path);
			refuseGitsOwn(root, confined);
			if ((await statIfThere(confined)) === undefined) return false;
			const held = await heldFolder(root, dirname(confined));
			try {
				await rm(join(held.path, basename(confined)));
				return true;
			} finally {
				await held.release();
			}
		});
	}

	/** Notices of the system may be missing, on network disks for one: the file's times are looked at as well. */
	watch(root: string, path: string, changed: () => void): () => void {
		const place = resolve(root, path);
		const name = basename(place);
		let calm: NodeJS.Timeout | undefined;
		let watcher: FSWatcher | undefined;
		let last: string | undefined;
		let stopped = false;
		const soon = () => {
			if (stopped) return;
			calm ??= setTimeout(() => {
				calm = undefined;
				changed();
			}, CALM_MS).unref();
		};
		const begin = () => {
			if (watcher !== undefined) return;
			try {
				watcher = watch(dirname(place), { persistent: false }, (_event, file) => {
					if (file === null || file === name) soon();
				});
				watcher.on('error', () => {
					watcher?.close();
					watcher = undefined;
				});
			} catch {
				// The folder is not there yet, or the system watches no more of them.
			}
		};
		const look = async () => {
			begin();
			const mark = (await statIfThere(place).catch(() => undefined)) ?? undefined;
			const id = mark === undefined ? '' : markFrom(mark).id;
			if (last !== undefined && last !== id) soon();
			last = id;
		};
		void look();
		const poll = setInterval(() => void look(), POLL_MS).unref();
		return () => {
			stopped = true;
			clearInterval(poll);
			clearTimeout(calm);
			watcher?.close();
		};
	}

	/** Once for each folder: what a killed process left. */
	async #sweep(folder: string): Promise<void> {
		if (this.#swept.has(folder)) return;
		this.#swept.add(folder);
		const left = (await readdir(folder)).filter((name) => name.startsWith(TEMPORARY));
		for (const name of left) {
			const found = await statIfThere(join(folder, name));
			if (found !== undefined && Date.now() - Number(found.mtimeMs) > LEFT_OVER_MS) await discard(join(folder, name));
		}
	}
}

interface Replacement {
	readonly place: string;
	readonly temporary: string;
	readonly text: string;
	readonly mode: number | undefined;
	/** What should stand there so far; undefined where that is all the same. */
	readonly over: string | null | undefined;
}

/** Puts a file in another's place in one step; undefined where somebody else changed that one before. */
async function replaced({ place, temporary, text, mode, over }: Replacement): Promise<FileMark | undefined> {
	try {
		const mark = await writeAndSync(temporary, text, mode);
		const isDone = await (over === undefined
			? rename(temporary, place).then(() => true)
			: inTurn(place, async () => {
					if (await hasChanged(place, over)) return false;
					await rename(temporary, place);
					return true;
				}));
		if (isDone) return mark;
		await discard(temporary);
		return undefined;
	} catch (error) {
		await discard(temporary);
		throw error;
	}
}

/** Between a look at a file and its replacement no other process of Errand may replace it: what that one wrote would be lost. */
async function inTurn(place: string, work: () => Promise<boolean>): Promise<boolean> {
	const lock = join(dirname(place), `${TEMPORARY}${basename(place)}`);
	const until = Date.now() + LOCK_PATIENCE_MS;
	while (!(await taken(lock))) {
		if (Date.now() > until) return false;
		await wait(LOCK_PAUSE_MS);
	}
	try {
		return await work();
	} finally {
		await discard(lock);
	}
}

/** A lock is held for a moment only; one that is old was left by a process that was killed. */
async function taken(lock: string): Promise<boolean> {
	try {
		await (await open(lock, 'wx')).close();
		return true;
	} catch (error) {
		if (!hasCode(error, 'EEXIST')) throw error;
		const found = await statIfThere(lock);
		if (found !== undefined && Date.now() - Number(found.mtimeMs) > LOCK_MS) await discard(lock);
		return false;
	}
}

async function writeAndSync(path: string, text: string, mode: number | undefined): Promise<FileMark> {
	const handle = await open(path, 'wx', mode ?? 0o644);
	try {
		// What the process masks out was there before; some disks know no modes.
		if (mode !== undefined) await handle.chmod(mode).catch(() => undefined);
		await handle.writeFile(text);
		await handle.sync();
		return markFrom(await handle.stat({ bigint: true }));
	} finally {
		await handle.close();
	}
}

async function hasChanged(place: string, over: string | null): Promise<boolean> {
	const now = await statIfThere(place);
	return (now === undefined ? null : markFrom(now).id) !== over;
}

/** Opens a file, looks whether it is one that may be read, and has it read; undefined where there is none. */
function opened<T>(
	root: string,
	path: string,
	{ maxBytes }: { readonly maxBytes: number },
	read: (handle: FileHandle, before: BigIntStats) => Promise<T>,
): Promise<T | undefined> {
	return translated(path, 'read', async () => {
		const handle = await openIfThere(await confinedPath(root, path));
		if (handle === undefined) return undefined;
		try {
			await checkOpened(root, path, handle);
			const before = await handle.stat({ bigint: true });
			checkFile(path, before);
			if (before.size > maxBytes) throw tooLarge(path, Number(before.size), maxBytes);
			return await read(handle, before);
		} finally {
			await handle.close();
		}
	});
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
	try {
		return await openAtOnce(path);
	} catch (error) {
		if (hasCode(error, 'ENOENT')) return undefined;
		throw error;
	}
}

async function statIfThere(path: string): Promise<BigIntStats | undefined> {
	try {
		return await stat(path, { bigint: true });
	} catch (error) {
		if (hasCode(error, 'ENOENT')) return undefined;
		throw error;
	}
}

function markFrom({ mtimeNs, mtimeMs, size, ino }: BigIntStats): FileMark {
	return { id: `${mtimeNs}-${size}-${ino}`, fresh: Date.now() - Number(mtimeMs) < TICK_MS };
}

function checkFile(path: string, found: BigIntStats): void {
	if (found.isFile()) return;
	throw new CoreError('not-possible', `"${path}" is ${found.isDirectory() ? 'a folder' : 'no file'}.`, {
		hint: 'Move it away, or name a file.',
	});
}

function tooLarge(path: string, bytes: number, most: number): CoreError {
	return new CoreError('too-large', `"${path}" has ${bytes} bytes; at most ${most} are read.`, {
		hint: 'Give a smaller file, or a part of it.',
	});
}

/** translated words what the file system throws, at this border. */
export async function translated<T>(path: string, attempted: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw error instanceof CoreError ? error : translate(error, path, attempted);
	}
}

function translate(error: unknown, path: string, attempted: string): CoreError {
	const cannot = `Cannot ${attempted} "${path}"`;
	for (const [codes, code, seen, hint] of TRANSLATIONS) {
		if (codes.some((one) => hasCode(error, one)))
			return new CoreError(code, `${cannot}: ${seen}.`, { hint, cause: error });
	}
	return new CoreError('not-possible', `${cannot}: ${describeError(error)}.`, {
		hint: 'Look at the file and its folder on the machine the server runs on.',
		cause: error,
	});
}

const TRANSLATIONS = [
	[['ENOSPC', 'EDQUOT'], 'disk-full', 'there is no room left on the disk', 'Free some space, then try again.'],
	[['EROFS'], 'not-possible', 'its disk can only be read', 'Let the server’s user write there.'],
	[['EACCES', 'EPERM'], 'not-possible', 'that is not permitted', 'Let the server’s user read and write there.'],
	[['EISDIR'], 'not-possible', 'it is a folder', 'Move the folder away, or name a file.'],
	[['ENOTDIR', 'EEXIST'], 'not-possible', 'a part of its path is a file', 'Move that file away.'],
	[['ENOENT'], 'not-found', 'a part of its path is not there', 'Make the folder, or name another file.'],
	[['ELOOP'], 'not-possible', 'its links lead in a circle', 'Mend the links.'],
	[['ENAMETOOLONG'], 'invalid-input', 'its name is too long', 'Give a shorter name.'],
] as const;
