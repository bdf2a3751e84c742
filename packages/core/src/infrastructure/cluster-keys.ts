import { hkdfSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readOrCreateKey } from '../adapters/files/key-file.ts';
import { CoreError } from '../domain/errors.ts';

/** ClusterKeys gives a key of 32 bytes for each purpose, the same in all processes of a cluster. */
export type ClusterKeys = (purpose: string) => Buffer;

/**
 * clusterKeys derives keys (HKDF, RFC 5869) from the configured secret or, where the processes share a data directory, from
 * one kept there, made at first use.
 */
export function clusterKeys({ secretKey, dataDir }: { secretKey: string | undefined; dataDir: string }): ClusterKeys {
	const path = join(dataDir, 'cluster.key');
	const hex = secretKey ?? readOrCreateKey(path, () => randomBytes(32).toString('hex')).trim();
	if (!/^[0-9a-f]{64}$/.test(hex)) {
		throw new CoreError('invalid-config', `The key in ${path} is not 32 bytes in hexadecimal.`, {
			hint: 'Restore the file from a backup, or set ERRAND_SECRET_KEY to what the other processes have.',
		});
	}
	const secret = Buffer.from(hex, 'hex');
	return (purpose) => Buffer.from(hkdfSync('sha256', secret, '', `errand ${purpose}`, 32));
}
