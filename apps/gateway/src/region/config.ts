import { CoreError } from '@errand/core/domain/errors.ts';
import { CLUSTER_VARIABLES, type Environment, parseEnvironment } from '@errand/core/infrastructure/environment.ts';

/** RegionConfig says which region this is and where the two databases are. */
export interface RegionConfig {
	readonly name: string;
	readonly url: string;
	readonly peerUrl: string | undefined;
}

/** readRegionConfig parses what of the environment this command needs; rejects with `invalid-config`. */
export function readRegionConfig(env: Environment = process.env): RegionConfig {
	const { DATABASE_URL, DATABASE_PEER_URL, ERRAND_REGION } = CLUSTER_VARIABLES;
	const data = parseEnvironment({ DATABASE_URL, DATABASE_PEER_URL, ERRAND_REGION }, env);
	const { DATABASE_URL: url, ERRAND_REGION: name, DATABASE_PEER_URL: peerUrl } = data;
	if (url !== undefined && name !== undefined) return { name, url, peerUrl };
	throw new CoreError('invalid-config', `${url === undefined ? 'DATABASE_URL' : 'ERRAND_REGION'} is not set.`, {
		hint: "Set what this region's gateways have.",
	});
}
