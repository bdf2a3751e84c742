import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { insideWorkspace } from './workspace-path.ts';

let root: string;
let workspace: string;

beforeEach(async () => {
	root = await mkdtemp(join(tmpdir(), 'errand-paths-'));
	workspace = join(root, 'workspace');
	await mkdir(join(workspace, 'folder'), { recursive: true });
	await writeFile(join(root, 'secret.txt'), 'secret');
});
afterEach(async () => {
	await rm(root, { recursive: true, force: true });
});

test.each([
	['report.md', ['report.md']],
	['./a//b/./c.txt', ['a', 'b', 'c.txt']],
	['folder/..name..', ['folder', '..name..']],
	['.', []],
	['Grüße 你好.txt', ['Grüße 你好.txt']],
])('finds %j inside the workspace', async (path, parts) => {
	expect(await insideWorkspace(workspace, path)).toBe(join(workspace, ...parts));
});

test.each([
	'../secret.txt',
	'folder/../../secret.txt',
	'folder/..',
	'/etc/passwd',
	'\\\\server\\share',
	'C:\\Windows',
	'c:autoexec.bat',
	'a\0b',
	'x'.repeat(300),
	'a/'.repeat(40),
])('refuses %j', async (path) => {
	await expect(insideWorkspace(workspace, path)).rejects.toMatchObject({ code: 'forbidden' });
});

test.each(['file', 'folder', 'dangling', 'inner'])('refuses a way over a symbolic link to a %s', async (kind) => {
	const targets = { file: join(root, 'secret.txt'), folder: root, dangling: join(root, 'nothing'), inner: 'folder' };
	await symlink(targets[kind as keyof typeof targets], join(workspace, 'link'));
	for (const path of ['link', 'link/secret.txt', 'folder/../link']) {
		await expect(insideWorkspace(workspace, path)).rejects.toMatchObject({ code: 'forbidden' });
	}
});
