import { join } from 'node:path';
import { readOrCreateKey } from '@errand/core/adapters/files/key-file.ts';
import { CoreError } from '@errand/core/domain/errors.ts';
import { newSecret } from './secret-text.ts';

/**
 * ownerToken gives the owner's API token: the configured one, else the one kept in the data directory, which is made at
 * first start and readable by its owner alone.
 */
export function ownerToken(dataDir: string, configured: string | undefined): string {
	if (configured !== undefined) return configured;
	const path = join(dataDir, 'token');
	const token = readOrCreateKey(path, () => `${newSecret()}\n`).trim();
	if (token !== '') return token;
	throw new CoreError('invalid-config', `The owner's token in "${path}" is empty.`, {
		hint: 'Delete the file to have a new token made, or set ERRAND_TOKEN.',
	});
}
