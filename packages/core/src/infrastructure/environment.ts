import { resolve } from 'node:path';
import { z } from 'zod';
import { CoreError } from '../domain/errors.ts';

/** Environment is what a process was started with. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** REPOSITORY is the folder all of this stands in. */
export const REPOSITORY = resolve(import.meta.dirname, '../../../..');

/** SHARED_VARIABLES are those that every process of one Errand must understand alike. */
export const SHARED_VARIABLES = {
	/** Data stands in the repository, wherever the command was typed. */
	ERRAND_DATA_DIR: z
		.string()
		.transform((path) => resolve(path))
		.default(resolve(REPOSITORY, 'data')),
	ERRAND_TOKEN: z
		.string()
		.regex(/^[\x21-\x7e]+$/, 'must be printable characters without spaces')
		.optional(),
} as const;

/** CLUSTER_VARIABLES make many processes one Errand; with both addresses set there is a cluster. */
export const CLUSTER_VARIABLES = {
	DATABASE_URL: z
		.string()
		.refine(
			(text) => isUrlOf(text, 'postgres:', 'postgresql:'),
			'must be an address such as postgres://user:password@host/errand',
		)
		.optional(),
	/** A replica that answers lists. */
	DATABASE_REPLICA_URL: z
		.string()
		.refine(
			(text) => isUrlOf(text, 'postgres:', 'postgresql:'),
			'must be an address such as postgres://user:password@host/errand',
		)
		.optional(),
	/** Where there are two regions: this one's name… */
	ERRAND_REGION: z
		.string()
		.regex(/^[a-z0-9-]{1,40}$/, 'must be at most 40 small letters, digits and hyphens')
		.optional(),
	/** …and the database of the other one, which says whether it took over. */
	DATABASE_PEER_URL: z
		.string()
		.refine(
			(text) => isUrlOf(text, 'postgres:', 'postgresql:'),
			'must be an address such as postgres://user:password@host/errand',
		)
		.optional(),
	REDIS_URL: z
		.string()
		.refine((text) => isUrlOf(text, 'redis:', 'rediss:'), 'must be an address such as redis://user:password@host:6379')
		.optional(),
	/** Names everything of one Errand in Redis, so that several can share it. */
	ERRAND_CLUSTER: z
		.string()
		.regex(/^[a-z0-9-]{1,40}$/, 'must be at most 40 small letters, digits and hyphens')
		.default('errand'),
	/** Seals secrets and signs links and histories, the same in all processes. */
	ERRAND_SECRET_KEY: z
		.string()
		.regex(/^[0-9a-f]{64}$/, 'must be 32 bytes in hexadecimal: `openssl rand -hex 32` makes them')
		.optional(),
} as const;

/** ClusterVariables is what the processes of one Errand share. */
export interface ClusterVariables {
	readonly databaseUrl: string;
	readonly replicaUrl: string | undefined;
	readonly redisUrl: string;
	readonly cluster: string;
	readonly secretKey: string | undefined;
	readonly region?: { readonly name: string; readonly peerUrl: string | undefined } | undefined;
}

/** clusterOf is undefined where neither address is set; one without the other is a mistake, and says so as `invalid-config`. */
export function clusterOf(data: z.output<z.ZodObject<typeof CLUSTER_VARIABLES>>): ClusterVariables | undefined {
	const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = data;
	if (databaseUrl === undefined && redisUrl === undefined) return undefined;
	if (databaseUrl !== undefined && redisUrl !== undefined) {
		const { DATABASE_REPLICA_URL: replicaUrl, ERRAND_CLUSTER: cluster, ERRAND_SECRET_KEY: secretKey } = data;
		const { ERRAND_REGION: name, DATABASE_PEER_URL: peerUrl } = data;
		const region = name === undefined ? undefined : Object.freeze({ name, peerUrl });
		return Object.freeze({ databaseUrl, replicaUrl, redisUrl, cluster, secretKey, ...(region && { region }) });
	}
	const [set, missing] = databaseUrl === undefined ? ['REDIS_URL', 'DATABASE_URL'] : ['DATABASE_URL', 'REDIS_URL'];
	throw new CoreError('invalid-config', `${set} is set and ${missing} is not.`, {
		hint: 'Set both to run as one of many processes, or neither to run everything in this one.',
	});
}

/** parseEnvironment parses the variables a process knows; every mistake is in the one `invalid-config` error it throws. */
export function parseEnvironment<Shape extends z.ZodRawShape>(shape: Shape, env: Environment) {
	// An empty variable is one that a .env file leaves open.
	const given = Object.fromEntries(
		Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
	);
	const parsed = z.object(shape).safeParse(given);
	if (parsed.success) return parsed.data;
	const mistakes = parsed.error.issues.map((issue) => {
		const name = String(issue.path[0]);
		return SECRET_NAME.test(name) ? `${name} ${issue.message}` : `${name}="${given[name] ?? ''}" ${issue.message}`;
	});
	throw new CoreError('invalid-config', `The environment cannot be used: ${mistakes.join('; ')}.`, {
		hint: 'Mend these variables in the environment or in .env and start again.',
	});
}

/** What such a variable holds is never shown. */
const SECRET_NAME = /(?:TOKEN|KEY|SECRET|SCALING|DATABASE_URL|REPLICA_URL|PEER_URL|REDIS_URL)$/;

function isUrlOf(text: string, ...protocols: readonly string[]): boolean {
	return URL.canParse(text) && protocols.includes(new URL(text).protocol);
}
