import type { TestProject } from 'vitest/node';
import { startPostgres } from '../../support/postgres-server.ts';
import { startRedis } from '../../support/redis-server.ts';
import { serversMissing } from '../../support/servers-missing.ts';

declare module 'vitest' {
	interface ProvidedContext {
		/** Servers that all tests of the run share; see `ownPlace`. */
		redisUrl: string;
		postgresUrl: string;
	}
}

/** startServersOfTheRun starts the one Redis and the one Postgres that tests of a cluster share, once such tests run. */
export default async function startServersOfTheRun({ provide }: TestProject): Promise<() => Promise<void>> {
	// What needs them is skipped then, and says why.
	if (serversMissing() !== undefined) return async () => {};
	const [redis, postgres] = await Promise.all([startRedis({ aof: true }), startPostgres()]);
	provide('redisUrl', redis.url);
	provide('postgresUrl', postgres.url);
	return async () => {
		await Promise.all([redis.stop(), postgres.stop()]);
	};
}
