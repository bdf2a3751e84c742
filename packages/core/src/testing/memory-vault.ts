import type { ISecretVault } from '../ports/secret-vault.ts';

/** MemoryVault keeps secrets in memory, for tests that look at what is kept. */
export class MemoryVault implements ISecretVault {
	readonly #secrets = new Map<string, string>();

	get names(): string[] {
		return [...this.#secrets.keys()];
	}

	async put(name: string, secret: string): Promise<void> {
		this.#secrets.set(name, secret);
	}

	async get(name: string): Promise<string | undefined> {
		return this.#secrets.get(name);
	}

	async deleteUnder(prefix: string): Promise<void> {
		for (const name of this.names.filter((one) => one.startsWith(prefix))) this.#secrets.delete(name);
	}
}
