import { mkdir, readdir, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { CoreError } from '../../domain/errors.ts';
import type { IProjectFolders } from '../../ports/project-files.ts';
import { hasCode } from './durable-file.ts';
import { translated } from './project-files.ts';

const PROGRAMS_OWN = new Set(['node_modules', '__pycache__', 'dist', 'build', 'target', 'vendor', 'coverage']);
const LONGEST_GIT_FILE = 4_096;

/** ProjectFolders looks at folders of people's projects on this machine's own disks. */
export class ProjectFolders implements IProjectFolders {
	folder(root: string): Promise<string> {
		return translated(root, 'open', async () => {
			if (!isAbsolute(root) || root.includes('\0')) {
				throw new CoreError('invalid-input', `"${root.slice(0, 200)}" is not an absolute path.`, {
					hint: 'Give the whole path of the project’s folder, as in /home/ann/shop.',
				});
			}
			const real = await realpath(root).catch((error: unknown) => {
				if (!hasCode(error, 'ENOENT')) throw error;
				throw new CoreError('not-found', `There is no folder ${root} on the machine the server runs on.`, {
					hint: 'Make it, or name the project’s folder as that machine knows it.',
				});
			});
			if ((await stat(real)).isDirectory()) return real;
			throw new CoreError('invalid-input', `${root} is not a folder.`, { hint: 'Name the project’s folder.' });
		});
	}

	tree(root: string, { entries }: { readonly entries: number }): Promise<readonly string[]> {
		return translated(root, 'list', async () => {
			const found: string[] = [];
			const waiting = [''];
			for (let folder = waiting.shift(); folder !== undefined && found.length < entries; folder = waiting.shift()) {
				const inside = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
				for (const entry of inside.sort((one, other) => (one.name < other.name ? -1 : 1))) {
					if (entry.name.startsWith('.') || PROGRAMS_OWN.has(entry.name) || found.length >= entries) continue;
					const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
					found.push(entry.isDirectory() ? `${path}/` : path);
					if (entry.isDirectory()) waiting.push(path);
				}
			}
			return found;
		});
	}

	/** Git's own files say it; the project may be a folder within a repository, or one more work tree of it. */
	async branch(root: string): Promise<string | undefined> {
		for (let folder = root; ; folder = dirname(folder)) {
			const git = await gitFolder(folder);
			const head = git === undefined ? undefined : await shortText(join(git, 'HEAD'));
			if (head !== undefined) return /^ref: refs\/heads\/(\S{1,250})\s*$/.exec(head)?.[1];
			if (folder === dirname(folder)) return undefined;
		}
	}

	initGit(root: string): Promise<boolean> {
		return translated(join(root, '.git'), 'make', async () => {
			if ((await gitFolder(root)) !== undefined) return false;
			const git = join(root, '.git');
			for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags']) {
				await mkdir(join(git, folder), { recursive: true });
			}
			const settings = ['repositoryformatversion = 0', 'filemode = true', 'bare = false', 'logallrefupdates = true'];
			await writeFile(join(git, 'config'), `[core]\n${settings.map((line) => `\t${line}\n`).join('')}`);
			await writeFile(join(git, 'HEAD'), 'ref: refs/heads/main\n');
			return true;
		});
	}
}

/** In a further work tree `.git` is a file that says where the folder is. */
async function gitFolder(folder: string): Promise<string | undefined> {
	const git = join(folder, '.git');
	const found = await stat(git).catch(() => undefined);
	if (found?.isDirectory() === true) return git;
	if (found?.isFile() !== true) return undefined;
	const elsewhere = /^gitdir: (.+?)\s*$/.exec((await shortText(git)) ?? '')?.[1];
	return elsewhere === undefined ? undefined : resolve(folder, elsewhere);
}

async function shortText(path: string): Promise<string | undefined> {
	const found = await stat(path).catch(() => undefined);
	if (found?.isFile() !== true || found.size > LONGEST_GIT_FILE) return undefined;
	return readFile(path, 'utf8').catch(() => undefined);
}
