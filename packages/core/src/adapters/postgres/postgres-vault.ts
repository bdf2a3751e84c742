import { CoreError } from '../../domain/errors.ts';
import type { ISecretVault } from '../../ports/secret-vault.ts';
import type { PostgresLine } from './postgres-line.ts';
import { openSecret, sealSecret } from './sealed-secret.ts';

/** PostgresVault keeps each secret in a row of its own, sealed with a key that the database never sees. */
export class PostgresVault implements ISecretVault {
	readonly #line: PostgresLine;
	readonly #key: Buffer;

	constructor(line: PostgresLine, key: Buffer) {
		this.#line = line;
		this.#key = key;
	}

	async put(name: string, secret: string): Promise<void> {
		await this.#line.query('keep a secret', {
			text: `
				INSERT INTO errand.secrets (name, sealed) VALUES ($1, $2)
				ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed`,
			values: [name, sealSecret(name, secret, this.#key)],
		});
	}

	async get(name: string): Promise<string | undefined> {
		const [row] = await this.#line.query<{ sealed: Buffer }>('read a secret', {
			text: 'SELECT sealed FROM errand.secrets WHERE name = $1',
			values: [name],
		});
		if (row === undefined) return undefined;
		const secret = openSecret(name, row.sealed, this.#key);
		if (secret !== undefined) return secret;
		throw new CoreError('store-corrupt', 'Cannot open a secret: it was sealed with another key, or it was changed.', {
			hint: 'Start all processes with the ERRAND_SECRET_KEY that this database was begun with.',
		});
	}

	async deleteUnder(prefix: string): Promise<void> {
		await this.#line.query('delete secrets', {
			text: 'DELETE FROM errand.secrets WHERE name ^@ $1',
			values: [prefix],
		});
	}
}
