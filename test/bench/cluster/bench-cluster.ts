import { randomBytes } from 'node:crypto';
import { type ClusterErrand, startCluster } from '../../cluster/support/cluster-errand.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.ts';
import { type RedisServer, startRedis } from '../../support/redis-server.ts';
import type { BenchPlace } from './bench-gateway.ts';

/** BenchServers are a Redis and a Postgres as in production: each commit on disk, Redis's journal synced once a second. */
export interface BenchServers {
	readonly redis: RedisServer;
	readonly postgres: PostgresServer;
	/** A database of its own under a name of its own in Redis. */
	newPlace(): Promise<BenchPlace>;
	stop(): Promise<void>;
}

/** What PostgreSQL takes by itself, where tests give it less. */
export const AS_IT_COMES = { shared_buffers: '128MB', max_wal_size: '1GB', max_connections: '100' };

/** startBenchServers starts both. */
export async function startBenchServers(): Promise<BenchServers> {
	const [redis, postgres] = await Promise.all([startRedis({ aof: true }), startPostgres(AS_IT_COMES)]);
	return {
		redis,
		postgres,
		newPlace: async () => ({
			databaseUrl: await postgres.createDatabase(),
			redisUrl: redis.url,
			name: `bench-${randomBytes(4).toString('hex')}`,
			secretKey: randomBytes(32).toString('hex'),
		}),
		stop: async () => {
			await Promise.all([redis.stop(), postgres.stop()]);
		},
	};
}

/** startBenchCluster starts real programs at a place: as many gateways and workers as wanted. */
export function startBenchCluster(
	{ databaseUrl, redisUrl, name, secretKey }: BenchPlace,
	wanted: { readonly gateways: number; readonly workers: number; readonly workerArgs: readonly string[] },
): Promise<ClusterErrand> {
	return startCluster({
		...{ postgresUrl: databaseUrl, redisUrl, cluster: name, secretKey },
		...wanted,
		programs: 'with-test-capabilities',
	});
}
