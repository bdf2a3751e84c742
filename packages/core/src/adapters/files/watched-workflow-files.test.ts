import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SystemClock } from '../in-process/system-clock.ts';
import { WatchedWorkflowFiles } from './watched-workflow-files.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const open: (() => void)[] = [];
afterEach(() => {
	for (const close of open.splice(0)) close();
});

function files(folder?: string) {
	const made = folder ?? mkdtempSync(join(tmpdir(), 'errand-workflows-'));
	const watched = new WatchedWorkflowFiles({ folder: made, clock: new SystemClock(), log: silent });
	open.push(() => {
		watched.stop();
		rmSync(made, { recursive: true, force: true });
	});
	return { folder: made, watched };
}

describe('WatchedWorkflowFiles', () => {
	it('reads what is there, and leaves drafts of editors and other files alone', async () => {
		const { folder, watched } = files();
		await Promise.all(
			['b.yaml', 'a.yml', 'c.json', '.d.yaml', 'e.yaml~', 'readme.md'].map((name) =>
				writeFile(join(folder, name), name),
			),
		);
		expect((await watched.list()).map(({ path, text }) => [path, text])).toEqual([
			['a.yml', 'a.yml'],
			['b.yaml', 'b.yaml'],
			['c.json', 'c.json'],
		]);
	});

	it('sees edits, new files, replaced files and removals', async () => {
		const { folder, watched } = files();
		await writeFile(join(folder, 'a.yaml'), 'one');
		const texts = async () => (await watched.list()).map(({ text }) => text);
		expect(await texts()).toEqual(['one']);
		const changed = vi.fn();
		watched.onChange(changed);
		await writeFile(join(folder, 'a.yaml'), 'two words');
		await vi.waitFor(async () => expect(await texts()).toEqual(['two words']), 10_000);
		await writeFile(join(folder, 'draft'), 'three');
		await rename(join(folder, 'draft'), join(folder, 'a.yaml'));
		await vi.waitFor(async () => expect(await texts()).toEqual(['three']), 10_000);
		await rm(join(folder, 'a.yaml'));
		await vi.waitFor(async () => expect(await texts()).toEqual([]), 10_000);
		expect(changed).toHaveBeenCalled();
	});

	it('has no files where there is no folder', async () => {
		const { folder, watched } = files();
		await rm(folder, { recursive: true });
		expect(await watched.list()).toEqual([]);
	});

	it('says of a file that is too large that it is', async () => {
		const { folder, watched } = files();
		await mkdir(folder, { recursive: true });
		await writeFile(join(folder, 'a.yaml'), 'x'.repeat(1_000_001));
		expect((await watched.list())[0]?.problem).toContain('1000001 bytes');
	});
});
