import { CoreError } from '@errand/core/domain/errors.ts';
import {
	CLUSTER_VARIABLES,
	type Environment,
	parseEnvironment,
	SHARED_VARIABLES,
} from '@errand/core/infrastructure/environment.ts';

/** MigrateConfig says where the two histories are. */
export interface MigrateConfig {
	readonly dataDir: string;
	readonly databaseUrl: string;
	readonly secretKey: string | undefined;
}

/** readMigrateConfig parses what of the environment this command needs; rejects with `invalid-config`. */
export function readMigrateConfig(env: Environment = process.env): MigrateConfig {
	const { ERRAND_DATA_DIR } = SHARED_VARIABLES;
	const { DATABASE_URL, ERRAND_SECRET_KEY } = CLUSTER_VARIABLES;
	const data = parseEnvironment({ ERRAND_DATA_DIR, DATABASE_URL, ERRAND_SECRET_KEY }, env);
	if (data.DATABASE_URL === undefined) {
		throw new CoreError('invalid-config', 'DATABASE_URL is not set.', {
			hint: 'Set it to the address of the database, such as postgres://user:password@host/errand.',
		});
	}
	return { dataDir: data.ERRAND_DATA_DIR, databaseUrl: data.DATABASE_URL, secretKey: data.ERRAND_SECRET_KEY };
}
