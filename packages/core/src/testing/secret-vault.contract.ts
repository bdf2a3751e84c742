import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ISecretVault } from '../ports/secret-vault.ts';

interface Opened {
	readonly vault: ISecretVault;
	close(): Promise<void>;
}

/** secretVaultContract is what every ISecretVault does; `setup` opens an empty one. */
export function secretVaultContract(name: string, setup: () => Promise<Opened>): void {
	describe(`${name} as a vault`, () => {
		let opened: Opened;
		let vault: ISecretVault;
		beforeEach(async () => {
			opened = await setup();
			vault = opened.vault;
		});
		afterEach(() => opened.close());

		it('gives a secret back, and the last one after a second put', async () => {
			await vault.put('answer-1', 'hunter2');
			expect(await vault.get('answer-1')).toBe('hunter2');
			await vault.put('answer-1', 'пароль 🔑\u0000');
			expect(await vault.get('answer-1')).toBe('пароль 🔑\u0000');
		});

		it('knows nothing of other names, nor of deleted ones', async () => {
			await vault.put('a', '1');
			await vault.deleteUnder('a');
			await vault.deleteUnder('never');
			expect(await vault.get('a')).toBeUndefined();
			expect(await vault.get('never')).toBeUndefined();
			expect(await vault.get('toString')).toBeUndefined();
			await vault.put('__proto__', '2');
			expect(await vault.get('__proto__')).toBe('2');
		});

		it('deletes all that begins alike, and nothing else', async () => {
			for (const each of ['ann/1', 'ann/2', 'anna/1']) await vault.put(each, each);
			await vault.deleteUnder('ann/');
			expect(await vault.get('ann/1')).toBeUndefined();
			expect(await vault.get('ann/2')).toBeUndefined();
			expect(await vault.get('anna/1')).toBe('anna/1');
		});

		it('keeps all of many secrets that are put at once', async () => {
			const names = Array.from({ length: 20 }, (_, index) => `name-${index}`);
			await Promise.all(names.map((each) => vault.put(each, `${each}!`)));
			expect(await Promise.all(names.map((each) => vault.get(each)))).toEqual(names.map((each) => `${each}!`));
		});
	});
}
