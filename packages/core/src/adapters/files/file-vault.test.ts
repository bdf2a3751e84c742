import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { secretVaultContract } from '../../testing/secret-vault.contract.ts';
import { openFileVault } from './file-vault.ts';

const root = mkdtempSync(join(tmpdir(), 'errand-vault-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const newFiles = () => {
	const folder = mkdtempSync(join(root, 'vault-'));
	return { folder, path: join(folder, 'secrets.vault'), keyPath: join(folder, 'secrets.key') };
};

secretVaultContract('An encrypted file', async () => ({
	vault: await openFileVault(newFiles()),
	close: async () => undefined,
}));

describe('openFileVault', () => {
	let files: ReturnType<typeof newFiles>;
	beforeEach(() => {
		files = newFiles();
	});

	it('finds the secrets again, which stand nowhere in the clear and are their owner’s alone', async () => {
		await (await openFileVault(files)).put('bank', 'open sesame');
		await (await openFileVault(files)).put('__proto__', 'odd');
		const again = await openFileVault(files);
		expect([await again.get('bank'), await again.get('__proto__')]).toEqual(['open sesame', 'odd']);
		for (const name of readdirSync(files.folder)) {
			const path = join(files.folder, name);
			expect(readFileSync(path).includes('sesame')).toBe(false);
			expect(readFileSync(path).includes('bank')).toBe(false);
			expect(statSync(path).mode & 0o077).toBe(0);
		}
		expect(readdirSync(files.folder).toSorted()).toEqual(['secrets.key', 'secrets.vault']);
	});

	it('encrypts anew each time, so that equal contents do not show', async () => {
		const vault = await openFileVault(files);
		await vault.put('a', '1');
		const before = readFileSync(files.path);
		await vault.put('a', '1');
		expect(readFileSync(files.path).equals(before)).toBe(false);
	});

	it.each<[string, (files: { path: string; keyPath: string }) => void]>([
		['the wrong key', ({ keyPath }) => writeFileSync(keyPath, randomBytes(32).toString('base64'))],
		['half a key', ({ keyPath }) => writeFileSync(keyPath, 'c2hvcnQ=')],
		['no key', ({ keyPath }) => rmSync(keyPath)],
		['one bit flipped', ({ path }) => writeFileSync(path, flipLastBit(readFileSync(path)))],
		['a cut-off end', ({ path }) => writeFileSync(path, readFileSync(path).subarray(0, 20))],
		['other content', ({ path }) => writeFileSync(path, '{"bank":"x"}'.repeat(9))],
	])('refuses a vault with %s, says what to do and leaves it as it is', async (_, damage) => {
		await (await openFileVault(files)).put('bank', 'open sesame');
		damage(files);
		const before = readFileSync(files.path);
		await expect(openFileVault(files)).rejects.toMatchObject({
			code: 'store-corrupt',
			hint: expect.stringContaining('backup'),
		});
		expect(readFileSync(files.path).equals(before)).toBe(true);
	});

	it('writes nothing before the first secret but its key, and goes on with that', async () => {
		await openFileVault(files);
		expect(existsSync(files.path)).toBe(false);
		await (await openFileVault(files)).put('a', '1');
		expect(await (await openFileVault(files)).get('a')).toBe('1');
	});

	it('keeps the old secrets when a write fails', async () => {
		const vault = await openFileVault(files);
		await vault.put('a', '1');
		rmSync(files.folder, { recursive: true });
		writeFileSync(files.folder, 'a file where the folder was');
		await expect(vault.put('a', '2')).rejects.toMatchObject({ code: 'internal' });
		expect(await vault.get('a')).toBe('1');
		rmSync(files.folder);
		await vault.put('a', '3');
		expect(await vault.get('a')).toBe('3');
	});
});

function flipLastBit(bytes: Buffer): Buffer {
	bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
	return bytes;
}
