import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { createDatabase } from '../support/create-database.ts';

/** clusterPlace is what a cluster on this data directory is told besides its own environment: the same again after a restart. */
export async function clusterPlace(dataDir: string): Promise<Readonly<Record<string, string>>> {
	const kept = join(dataDir, 'test-cluster.json');
	if (existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8')) as Record<string, string>;
	const place = {
		DATABASE_URL: await createDatabase(inject('postgresUrl')),
		REDIS_URL: inject('redisUrl'),
		ERRAND_CLUSTER: `test-${randomBytes(6).toString('hex')}`,
		ERRAND_SECRET_KEY: randomBytes(32).toString('hex'),
		ERRAND_TOKEN: randomBytes(24).toString('base64url'),
	};
	writeFileSync(kept, JSON.stringify(place));
	// Where the owner's token stands for whoever works beside a server.
	writeFileSync(join(dataDir, 'token'), `${place.ERRAND_TOKEN}\n`);
	return place;
}
