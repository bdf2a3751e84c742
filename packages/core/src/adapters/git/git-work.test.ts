import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginRepository, gitIn, isGitInstalled } from '../../testing/git-repository.ts';
import { GitWork } from './git-work.ts';

let folder: string;
let root: string;
let work: GitWork;
beforeEach(async () => {
	folder = await realpath(await mkdtemp(join(tmpdir(), 'errand-git-')));
	root = join(folder, 'shop');
	await mkdir(root);
	// Nobody's own settings: what git knows here, it knows from the repository.
	work = new GitWork({ PATH: process.env['PATH'], HOME: folder });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const git = (...args: string[]) => gitIn(root)(...args);

async function repository(): Promise<string> {
	await write('shop.js', 'open();\n');
	return beginRepository(root);
}

const write = (path: string, text = 'text\n') => writeFile(join(root, path), text);

describe.skipIf(!isGitInstalled)('a project’s repository', () => {
	it('tells its branch, its commit, and each change by a path from the project', async () => {
		const head = await repository();
		expect(await work.stand(root)).toEqual({
			branch: 'main',
			head,
			changes: [],
			underWay: undefined,
			namesAuthor: true,
		});
		await write('shop.js', 'close();\n');
		await write('new "file" ü\n.js');
		expect((await work.stand(root)).changes).toEqual([
			{ path: 'shop.js', kind: 'changed' },
			{ path: 'new "file" ü\n.js', kind: 'new' },
		]);
	});

	it('is that of the project alone where the project is a folder in it', async () => {
		await repository();
		await mkdir(join(root, 'parts/pay'), { recursive: true });
		await write('outside.js');
		await write('parts/pay/card.js');
		const project = join(root, 'parts/pay');
		expect((await work.stand(project)).changes).toEqual([{ path: '.', kind: 'new' }]);
		const hash = await work.commit(project, { message: 'Pay' });
		expect(git('show', '--name-only', '--format=', hash ?? '')).toBe('parts/pay/card.js');
		expect(git('status', '--porcelain')).toBe('?? outside.js');
	});

	it('makes a branch once and checks it out, with what is not committed', async () => {
		const head = await repository();
		await write('shop.js', 'half();\n');
		expect(await work.headOf(root, 'task-1')).toBeUndefined();
		await work.checkOut(root, 'task-1');
		await work.checkOut(root, 'task-1');
		expect(await work.stand(root)).toMatchObject({ branch: 'task-1', head, changes: [{ path: 'shop.js' }] });
		expect(await work.headOf(root, 'task-1')).toBe(head);
	});

	it('makes a branch that was deleted again where it was', async () => {
		const head = await repository();
		await write('shop.js', 'more();\n');
		await work.commit(root, { message: 'More' });
		await work.checkOut(root, 'task-1', head);
		expect((await work.stand(root)).head).toBe(head);
	});

	it('commits all that changed, or the files named, and nothing twice', async () => {
		const head = await repository();
		expect(await work.commit(root, { message: 'Nothing' })).toBeUndefined();
		await write('-rf');
		await write('*.js');
		await write('other.js');
		const first = await work.commit(root, { message: '# Odd names\n\n--amend', files: ['-rf', '*.js'] });
		expect(git('show', '--name-only', '--format=%B', first ?? '')).toBe('# Odd names\n\n--amend\n\n\n*.js\n-rf');
		await rm(join(root, 'shop.js'));
		const second = await work.commit(root, { message: 'Rest' });
		expect(git('show', '--name-status', '--format=%P', second ?? '')).toBe(`${first}\n\nA\tother.js\nD\tshop.js`);
		expect(await work.commit(root, { message: 'Nothing' })).toBeUndefined();
		expect(git('rev-list', '--count', `${head}..HEAD`)).toBe('2');
	});

	it('takes no file from elsewhere, and none of git’s own', async () => {
		await repository();
		for (const file of ['../secret', '/etc/passwd', '.git/config', 'a\0b', 'x/../../secret']) {
			await expect(work.commit(root, { message: 'x', files: [file] })).rejects.toMatchObject({ code: 'forbidden' });
		}
		const unknown = work.commit(root, { message: 'x', files: ['nowhere.js'] });
		await expect(unknown).rejects.toMatchObject({ code: 'invalid-input' });
	});

	it('takes no name for an option or another place', async () => {
		await repository();
		for (const branch of ['--orphan', '-c', '', 'a..b', '../x', 'a b', 'HEAD^', 'a.lock', 'x/']) {
			await expect(work.checkOut(root, branch)).rejects.toMatchObject({ code: 'invalid-input' });
		}
		await expect(work.checkOut(root, 'task-1', '--detach')).rejects.toMatchObject({ code: 'invalid-input' });
	});
});

describe.skipIf(!isGitInstalled)('a repository that is somebody’s code', () => {
	it('has none of its programs run: no hook, monitor, editor, signer, filter', async () => {
		await repository();
		const ran = join(folder, 'ran');
		const program = join(folder, 'program');
		await writeFile(program, `#!/bin/sh\necho "$0 $*" >> ${ran}\nexit 1\n`);
		await chmod(program, 0o755);
		await mkdir(join(root, '.git/hooks'), { recursive: true });
		const hooks = [
			'pre-commit',
			'prepare-commit-msg',
			'commit-msg',
			'post-commit',
			'post-checkout',
			'reference-transaction',
		];
		for (const hook of [...hooks, 'post-index-change', 'pre-auto-gc'])
			await symlink(program, join(root, '.git/hooks', hook));
		for (const setting of [
			'core.fsmonitor',
			'core.editor',
			'gpg.program',
			'core.sshCommand',
			'diff.external',
			'core.pager',
		]) {
			git('config', setting, program);
		}
		git('config', 'commit.gpgSign', 'true');
		git('config', 'core.hooksPath', join(root, '.git/hooks'));
		await write('shop.js', 'safe();\n');
		await work.stand(root);
		await work.checkOut(root, 'task-1');
		expect(await work.commit(root, { message: 'Safe' })).toMatch(/^[0-9a-f]{40}$/);
		await expect(readFile(ran)).rejects.toThrow('ENOENT');
		// Without its filters other bytes would be committed, so there nothing is done.
		git('config', 'core.fsmonitor', 'false');
		git('config', 'filter.mine.clean', program);
		await write('.gitattributes', '* filter=mine\n');
		const attempts = [
			() => work.stand(root),
			() => work.commit(root, { message: 'x' }),
			() => work.checkOut(root, 'task-2'),
		];
		for (const attempt of attempts) {
			await expect(attempt()).rejects.toMatchObject({ message: expect.stringContaining('filter.mine') });
		}
		await expect(readFile(ran)).rejects.toThrow('ENOENT');
	});

	it('cannot send work to another folder', async () => {
		await repository();
		await mkdir(join(folder, 'elsewhere'));
		git('config', 'core.worktree', join(folder, 'elsewhere'));
		await expect(work.stand(root)).rejects.toMatchObject({ code: 'not-possible' });
		expect(await readdir(join(folder, 'elsewhere'))).toEqual([]);
	});

	it('learns nothing of the server’s environment', async () => {
		await repository();
		process.env['GIT_INDEX_FILE'] = join(folder, 'index-of-another');
		try {
			await write('shop.js', 'other();\n');
			await work.commit(root, { message: 'Own index' });
			expect((await readdir(folder)).sort()).toEqual(['shop']);
		} finally {
			delete process.env['GIT_INDEX_FILE'];
		}
	});
});

describe.skipIf(!isGitInstalled)('what git refuses is said in plain words', () => {
	it('where there is no git, no repository, no commit, no branch, no name', async () => {
		const nowhere = new GitWork({ PATH: folder, HOME: folder });
		await expect(nowhere.stand(root)).rejects.toMatchObject({ hint: expect.stringContaining('apt-get install git') });
		await expect(work.stand(root)).rejects.toMatchObject({ hint: expect.stringContaining('git init') });
		git('init', '--quiet', '--initial-branch=main');
		expect(await work.stand(root)).toMatchObject({ head: undefined, branch: 'main', namesAuthor: false });
		await write('shop.js');
		const unnamed = work.commit(root, { message: 'x' });
		await expect(unnamed).rejects.toMatchObject({ hint: expect.stringContaining('git config user.name') });
		const head = await repository();
		git('checkout', '--quiet', '--detach');
		expect(await work.stand(root)).toMatchObject({ head, branch: undefined });
	});

	it('where a merge is under way, another git is at work, or files stand in the way', async () => {
		await repository();
		git('switch', '--quiet', '-c', 'other');
		await write('shop.js', 'theirs();\n');
		await work.commit(root, { message: 'Theirs' });
		git('switch', '--quiet', 'main');
		await write('shop.js', 'uncommitted();\n');
		await expect(work.checkOut(root, 'other')).rejects.toMatchObject({ hint: expect.stringContaining('git stash') });
		await work.commit(root, { message: 'Ours' });
		expect(() => git('merge', 'other')).toThrow();
		expect(await work.stand(root)).toMatchObject({
			underWay: 'merge',
			changes: [{ path: 'shop.js', kind: 'unmerged' }],
		});
		git('merge', '--abort');
		await write('.git/index.lock', '');
		await write('shop.js', 'locked();\n');
		await expect(work.commit(root, { message: 'x' })).rejects.toMatchObject({
			message: expect.stringContaining('Another git'),
		});
	});
});
