import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { CoreError } from '../../domain/errors.ts';
import { hasCode } from './durable-file.ts';

const LONGEST_PATH = 4_096;

/**
 * confinedPath gives the real place of a file below a root, over symbolic links, whether the file is there or not; one that
 * leads out of the root is refused. The root is a real path.
 */
export async function confinedPath(root: string, path: string): Promise<string> {
	if (path === '' || path.length > LONGEST_PATH || path.includes('\0')) {
		throw new CoreError('invalid-input', `"${path.slice(0, 100)}" cannot name a file.`, {
			hint: 'Give a path below the project’s folder.',
		});
	}
	const asked = resolve(root, path);
	if (!isBelow(root, asked) && !isAbsolute(path)) throw leadsOut(root, path);
	const real = await realPathOf(asked);
	if (!isBelow(root, real)) throw leadsOut(root, path);
	return real;
}

/** isBelow tells whether a path is a folder or something in it. */
export function isBelow(folder: string, path: string): boolean {
	const way = relative(folder, path);
	return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** refuseGitsOwn refuses to change what is git's: hooks and settings there are carried out by whoever uses it. */
export function refuseGitsOwn(root: string, place: string): void {
	if (!relative(root, place).split(sep).includes('.git')) return;
	throw new CoreError('forbidden', `"${relative(root, place)}" belongs to git.`, { hint: 'Name another file.' });
}

/** Of what is not there yet: the real place of the nearest folder above it, and the rest of the way. */
async function realPathOf(path: string): Promise<string> {
	const missing: string[] = [];
	for (let there = path; ; there = dirname(there)) {
		try {
			return join(await realpath(there), ...missing);
		} catch (error) {
			// A link that leads nowhere is refused too: what is written through it would be somewhere else.
			if (!hasCode(error, 'ENOENT') || there === dirname(there) || (await isLink(there))) throw error;
			missing.unshift(basename(there));
		}
	}
}

async function isLink(path: string): Promise<boolean> {
	return lstat(path).then(
		(found) => found.isSymbolicLink(),
		() => false,
	);
}

/** leadsOut is the refusal of a path that is not below the root. */
export function leadsOut(root: string, path: string): CoreError {
	return new CoreError('forbidden', `"${path}" is not in the project's folder ${root}.`, {
		hint: 'Name a file below the project’s folder.',
	});
}
