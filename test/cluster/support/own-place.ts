import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { createDatabase } from '../../support/create-database.ts';

/** OwnPlace is where one test keeps its things on the servers that all tests of the run share. */
export interface OwnPlace {
	/** DATABASE_URL: an empty database. */
	readonly databaseUrl: string;
	/** REDIS_URL: shared, so everything in it must be under `cluster`. */
	readonly redisUrl: string;
	/** ERRAND_CLUSTER: a name that no other test has. */
	readonly cluster: string;
	/** All of it as a process gets it told. */
	readonly env: { readonly DATABASE_URL: string; readonly REDIS_URL: string; readonly ERRAND_CLUSTER: string };
}

/** ownPlace gives a test a database and a name in Redis of its own; both go with the run. */
export async function ownPlace(): Promise<OwnPlace> {
	const databaseUrl = await createDatabase(inject('postgresUrl'));
	const redisUrl = inject('redisUrl');
	const cluster = `test-${randomBytes(6).toString('hex')}`;
	return {
		databaseUrl,
		redisUrl,
		cluster,
		env: { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, ERRAND_CLUSTER: cluster },
	};
}
