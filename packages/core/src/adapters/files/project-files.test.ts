import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
	chmod,
	lstat,
	mkdir,
	mkdtemp,
	readdir,
	readFile,
	realpath,
	rm,
	stat,
	symlink,
	utimes,
	writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProjectFiles } from './project-files.ts';
import { ProjectFolders } from './project-folders.ts';

const files = new ProjectFiles();
const folders = new ProjectFolders();
const TASKS = '.taskmaster/tasks/tasks.json';
let root: string;

beforeEach(async () => {
	root = await realpath(await mkdtemp(join(tmpdir(), 'errand-project-')));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('files of projects', () => {
	it('are written with the folders they need, and read back with the same mark', async () => {
		expect(await files.read(root, TASKS)).toBeUndefined();
		expect(await files.markOf(root, TASKS)).toBeUndefined();
		const mark = await files.write(root, TASKS, '{"a":1}');
		expect(await files.read(root, TASKS)).toMatchObject({ text: '{"a":1}', mark: { id: mark?.id } });
		expect((await files.markOf(root, TASKS))?.id).toBe(mark?.id);
		expect(await readdir(join(root, '.taskmaster/tasks'))).toEqual(['tasks.json']);
	});

	it('keep their mode, and a link stays a link', async () => {
		await writeFile(join(root, 'real.json'), 'old', { mode: 0o640 });
		await symlink('real.json', join(root, 'tasks.json'));
		await files.write(root, 'tasks.json', 'new');
		expect((await lstat(join(root, 'tasks.json'))).isSymbolicLink()).toBe(true);
		expect(await readFile(join(root, 'real.json'), 'utf8')).toBe('new');
		expect((await stat(join(root, 'real.json'))).mode & 0o777).toBe(0o640);
	});

	it('are not written over a change that somebody else made in between', async () => {
		const first = await files.write(root, 'a.json', 'one');
		await writeFile(join(root, 'a.json'), 'theirs, longer');
		expect(await files.write(root, 'a.json', 'ours', { over: first?.id })).toBeUndefined();
		expect(await files.write(root, 'a.json', 'ours', { over: null })).toBeUndefined();
		expect(await readFile(join(root, 'a.json'), 'utf8')).toBe('theirs, longer');
		expect(await files.write(root, 'b.json', 'first', { over: null })).toBeDefined();
		expect(await readdir(root)).toEqual(['a.json', 'b.json']);
	});

	it('are never outside the project, however the path is written', async () => {
		const outside = await mkdtemp(join(tmpdir(), 'errand-outside-'));
		await writeFile(join(outside, 'secret'), 'hidden');
		await symlink(outside, join(root, 'way'));
		await symlink(join(outside, 'not-there'), join(root, 'dangling'));
		for (const path of ['../x', `${outside}/secret`, 'way/secret', 'way/new/file', 'a/../../x', '/etc/passwd']) {
			await expect(files.read(root, path), path).rejects.toMatchObject({ code: 'forbidden' });
			await expect(files.write(root, path, 'x'), path).rejects.toMatchObject({ code: 'forbidden' });
			await expect(files.remove(root, path), path).rejects.toMatchObject({ code: 'forbidden' });
		}
		await expect(files.write(root, 'dangling', 'x')).rejects.toMatchObject({ name: 'CoreError' });
		await expect(files.read(root, 'a\0b')).rejects.toMatchObject({ code: 'invalid-input' });
		expect(await readdir(outside)).toEqual(['secret']);
		await rm(outside, { recursive: true });
		await writeFile(join(root, 'inside'), 'mine');
		expect(await files.read(root, join(root, 'inside'))).toMatchObject({ text: 'mine' });
	});

	it('are not read where a named pipe stands in their place, and nothing waits for its writer', async () => {
		await promisify(execFile)('mkfifo', [join(root, 'tasks.json')]);
		await expect(files.read(root, 'tasks.json')).rejects.toMatchObject({ code: 'not-possible' });
	});

	it('are not read from outside while a folder on the way is exchanged for a link', async () => {
		const outside = await realpath(await mkdtemp(join(tmpdir(), 'errand-outside-')));
		const swap = `const fs = require('fs');
			const move = (from, to) => { try { fs.renameSync(from, to); } catch {} };
			for (const end = Date.now() + 20_000; Date.now() < end; ) {
				move('real', 'd'); move('d', 'real'); move('link', 'd'); move('d', 'link');
			}`;
		await mkdir(join(root, 'real'));
		await writeFile(join(root, 'real', 'a.txt'), 'inside');
		await writeFile(join(outside, 'a.txt'), 'outside');
		await symlink(outside, join(root, 'link'));
		const swapping = spawn(process.execPath, ['-e', swap], { cwd: root, stdio: 'ignore' });
		const gone = once(swapping, 'exit');
		try {
			const read = new Set<string | undefined>();
			for (const end = Date.now() + 700; Date.now() < end; ) {
				read.add((await files.read(root, 'd/a.txt').catch(() => undefined))?.text);
				await files.write(root, 'd/b.txt', 'written').catch(() => undefined);
			}
			expect(read).not.toContain('outside');
			expect(await readdir(outside)).toEqual(['a.txt']);
		} finally {
			swapping.kill('SIGKILL');
			await gone;
			await rm(outside, { recursive: true, force: true });
		}
	});

	it('that are git’s are not changed', async () => {
		await folders.initGit(root);
		await expect(files.write(root, '.git/hooks/pre-commit', 'x')).rejects.toMatchObject({ code: 'forbidden' });
		await expect(files.remove(root, '.git/HEAD')).rejects.toMatchObject({ code: 'forbidden' });
	});

	it('are refused in words where something else stands in their place, or they are too large', async () => {
		await mkdir(join(root, 'folder.json'));
		await writeFile(join(root, 'file'), 'x'.repeat(100));
		const refusal = { code: 'not-possible', message: expect.stringContaining('a folder') as string };
		await expect(files.read(root, 'folder.json')).rejects.toMatchObject(refusal);
		await expect(files.write(root, 'folder.json', '')).rejects.toMatchObject(refusal);
		await expect(files.read(root, 'file/tasks.json')).rejects.toMatchObject({ code: 'not-possible' });
		await expect(files.write(root, 'file/tasks.json', '')).rejects.toMatchObject({ code: 'not-possible' });
		await expect(files.read(root, 'file', { maxBytes: 99 })).rejects.toMatchObject({ code: 'too-large' });
	});

	it.skipIf(process.getuid?.() === 0)('say that a folder may only be read', async () => {
		await chmod(root, 0o500);
		await expect(files.write(root, 'a', '')).rejects.toMatchObject({ code: 'not-possible' });
		await chmod(root, 0o700);
	});

	it('are whole at any moment while many write them', async () => {
		const texts = [...Array(40).keys()].map((n) => JSON.stringify(Array(500).fill(n)));
		let writing = true;
		const reading = (async () => {
			while (writing) {
				const seen = await files.read(root, TASKS);
				if (seen !== undefined) expect(texts).toContain(seen.text);
			}
		})();
		await Promise.all(texts.map((text) => files.write(root, TASKS, text)));
		writing = false;
		await reading;
		expect(texts).toContain(await readFile(join(root, TASKS), 'utf8'));
		expect(await readdir(join(root, '.taskmaster/tasks'))).toEqual(['tasks.json']);
	});

	it('lose what a killed writer left beside them', async () => {
		await writeFile(join(root, '.errand-writing-left'), 'half');
		await utimes(join(root, '.errand-writing-left'), 1, 1);
		await writeFile(join(root, '.errand-writing-now'), 'half');
		await new ProjectFiles().write(root, 'a.json', '{}');
		expect(await readdir(root)).toEqual(['.errand-writing-now', 'a.json']);
	});

	it('say when somebody changes them', async () => {
		await writeFile(join(root, 'a.json'), 'one');
		const changed = vi.fn();
		const stop = files.watch(root, 'a.json', changed);
		await wait(20);
		await writeFile(join(root, 'a.json'), 'two');
		await vi.waitFor(() => expect(changed).toHaveBeenCalled(), 3_000);
		stop();
		changed.mockClear();
		await writeFile(join(root, 'a.json'), 'three');
		await wait(80);
		expect(changed).not.toHaveBeenCalled();
	});
});

describe('folders of projects', () => {
	it('are known by their real path, and refused in words where there is none', async () => {
		await symlink(root, `${root}-link`);
		expect(await folders.folder(`${root}-link`)).toBe(root);
		await rm(`${root}-link`);
		await expect(folders.folder(`${root}/none`)).rejects.toMatchObject({ code: 'not-found' });
		await expect(folders.folder('shop')).rejects.toMatchObject({ code: 'invalid-input' });
		await writeFile(join(root, 'file'), '');
		await expect(folders.folder(join(root, 'file'))).rejects.toMatchObject({ code: 'invalid-input' });
	});

	it('list what is in them, nearest first, without what programs put there', async () => {
		for (const path of ['src/deep/a.ts', 'README.md', 'node_modules/x/y.js', '.cache/a'])
			await files.write(root, path, '');
		expect(await folders.tree(root, { entries: 10 })).toEqual(['README.md', 'src/', 'src/deep/', 'src/deep/a.ts']);
		expect(await folders.tree(root, { entries: 2 })).toHaveLength(2);
	});

	it('say which branch is checked out, in a further work tree too', async () => {
		expect(await folders.branch(root)).toBeUndefined();
		expect(await folders.initGit(root)).toBe(true);
		expect(await folders.initGit(root)).toBe(false);
		await writeFile(join(root, '.git/HEAD'), 'ref: refs/heads/feature/basket\n');
		await mkdir(join(root, 'packages/shop'), { recursive: true });
		expect(await folders.branch(join(root, 'packages/shop'))).toBe('feature/basket');
		await mkdir(join(root, '.git/worktrees/more'), { recursive: true });
		await writeFile(join(root, '.git/worktrees/more/HEAD'), 'ref: refs/heads/more\n');
		await mkdir(join(root, 'tree'));
		await writeFile(join(root, 'tree/.git'), 'gitdir: ../.git/worktrees/more\n');
		expect(await folders.branch(join(root, 'tree'))).toBe('more');
		await writeFile(join(root, '.git/HEAD'), '0123456789abcdef\n');
		expect(await folders.branch(root)).toBeUndefined();
	});

	it('become repositories that git knows', async () => {
		await folders.initGit(root);
		const git = await promisify(execFile)('git', ['-C', root, 'status', '--porcelain']).catch(
			(error: unknown) => error,
		);
		// Where git is not installed there is nothing to ask.
		if (!(git instanceof Error && 'code' in git && git.code === 'ENOENT')) expect(git).toMatchObject({ stdout: '' });
	});
});
