import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { claimDataDir, findDataDirOwner } from './data-dir-claim.ts';

const root = mkdtempSync(join(tmpdir(), 'errand-claim-'));
const children: ChildProcess[] = [];
afterAll(() => {
	for (const child of children) child.kill('SIGKILL');
	rmSync(root, { recursive: true, force: true });
});

const startedAt = Date.parse('2026-01-02T03:04:05Z');
const owner = { pid: process.pid, startedAt };
const url = 'http://127.0.0.1:3000';

/** A process that claims the folder, publishes its address, and stays. */
async function claimElsewhere(folder: string): Promise<ChildProcess> {
	const program = `
		import { claimDataDir } from ${JSON.stringify(new URL('./data-dir-claim.ts', import.meta.url).href)};
		const claim = await claimDataDir(${JSON.stringify(folder)}, { pid: process.pid, startedAt: ${startedAt} });
		await claim.publish('${url}');
		console.log('claimed');
		setInterval(() => claim, 1_000);
	`;
	const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	children.push(child);
	if (child.stdout === null) throw new Error('The child has no output.');
	await once(child.stdout, 'data');
	return child;
}

describe('claimDataDir', () => {
	let folder: string;
	beforeEach(() => {
		folder = join(mkdtempSync(join(root, 'case-')), 'data');
	});

	it('makes the folder, publishes where the server listens, and cleans up', async () => {
		const claim = await claimDataDir(folder, owner);
		expect(findDataDirOwner(folder)).toEqual(owner);
		await claim.publish(url);
		expect(findDataDirOwner(folder)).toEqual({ ...owner, url });
		expect(JSON.parse(readFileSync(join(folder, 'gateway.json'), 'utf8'))).toEqual({ ...owner, url });
		expect(statSync(join(folder, 'gateway.json')).mode & 0o077).toBe(0);
		claim.release();
		claim.release();
		expect(findDataDirOwner(folder)).toBeUndefined();
		expect(existsSync(join(folder, 'gateway.json'))).toBe(false);
		(await claimDataDir(folder, owner)).release();
	});

	it('refuses a second claim in the same process', async () => {
		const claim = await claimDataDir(folder, owner);
		await expect(claimDataDir(folder, owner)).rejects.toMatchObject({ code: 'data-dir-owned' });
		expect(findDataDirOwner(folder)).toEqual(owner);
		claim.release();
	});

	it('refuses while another process lives and says who; takes over at once when that one is killed', async () => {
		const child = await claimElsewhere(folder);
		const refusal = await claimDataDir(folder, owner).catch((error: unknown) => error);
		expect(refusal).toMatchObject({ code: 'data-dir-owned', hint: expect.stringContaining('ERRAND_DATA_DIR') });
		for (const word of [`process ${child.pid}`, '2026-01-02T03:04:05.000Z', url])
			expect(String(refusal)).toContain(word);
		expect(findDataDirOwner(folder)).toEqual({ pid: child.pid, startedAt, url });

		child.kill('SIGKILL');
		await once(child, 'exit');
		expect(findDataDirOwner(folder)).toBeUndefined();
		const claim = await claimDataDir(folder, owner);
		expect(findDataDirOwner(folder)).toEqual(owner);
		claim.release();
	});

	it('finds nobody in a folder that does not exist', () => {
		expect(findDataDirOwner(join(folder, 'nowhere'))).toBeUndefined();
	});
});
