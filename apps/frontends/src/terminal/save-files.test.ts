import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { safeName, saveFiles } from './save-files.ts';

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'errand-save-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const client = { download: async (id: string) => new TextEncoder().encode(`content of ${id}`) };
const file = (id: string, name: string) => ({ id, name, type: 'text/plain', bytes: 1 });

describe('saveFiles', () => {
	it('writes each file, and over none', async () => {
		await saveFiles(client, [file('a', 'report.md')], folder);
		const paths = await saveFiles(client, [file('b', 'report.md')], folder);
		expect(paths.get('b')).toBe(join(folder, 'report-2.md'));
		expect(await readFile(join(folder, 'report.md'), 'utf8')).toBe('content of a');
	});

	it('keeps a file inside the folder, whatever its name', async () => {
		await saveFiles(client, [file('a', '../../etc/passwd'), file('b', '..')], join(folder, 'in'));
		expect((await readdir(join(folder, 'in'))).sort()).toEqual(['_.._etc_passwd', 'file']);
		expect(safeName('a\u001b[2J\nb.txt')).toBe('a b.txt');
	});
});
