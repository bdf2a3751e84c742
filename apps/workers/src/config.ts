import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { SEARCH_VARIABLES } from '@errand/core/adapters/search/search-variables.ts';
import { CoreError, isCoreError } from '@errand/core/domain/errors.ts';
import {
	CLUSTER_VARIABLES,
	type Environment,
	parseEnvironment,
	SHARED_VARIABLES,
} from '@errand/core/infrastructure/environment.ts';
import {
	PROCESS_VARIABLES,
	pickVariables,
	portVariable,
	secretsOf,
} from '@errand/core/infrastructure/process-variables.ts';
import { z } from 'zod';
import { parseWorkerArguments, type WorkerArguments } from './arguments.ts';
import type { ServiceSettings } from './services/find-services.ts';
import { BROWSER_VARIABLES } from './sessions/browser-variables.ts';
import { type McpVariables, mcpVariables } from './tools/read-mcp-servers.ts';
import { TOOL_VARIABLES, type ToolVariables } from './tools/tool-variables.ts';

const VARIABLES = {
	ERRAND_DATA_DIR: SHARED_VARIABLES.ERRAND_DATA_DIR,
	...PROCESS_VARIABLES,
	...SEARCH_VARIABLES,
	...BROWSER_VARIABLES,
	...TOOL_VARIABLES,
	REDIS_URL: z
		.string({ error: 'must be set, to the address of the Redis that the gateways use' })
		.pipe(CLUSTER_VARIABLES.REDIS_URL.unwrap()),
	ERRAND_CLUSTER: CLUSTER_VARIABLES.ERRAND_CLUSTER,
	ERRAND_SECRET_KEY: CLUSTER_VARIABLES.ERRAND_SECRET_KEY,
	/** Where browsers, caches and whatever else belongs to this machine alone stand. */
	ERRAND_LOCAL_DIR: z
		.string()
		.transform((path) => resolve(path))
		.default(join(tmpdir(), `errand-${userInfo().username}`)),
	ERRAND_WORKER_PORT: portVariable.optional(),
	ERRAND_DRAIN_MS: z
		.string()
		.regex(/^\d{1,7}$/, 'must be a number of milliseconds')
		.transform(Number)
		.default(30_000),
};

/** WorkerConfig is what a worker was told by its environment and its command line, parsed once. */
export interface WorkerConfig extends ServiceSettings, WorkerArguments {
	readonly redisUrl: string;
	/** The name of everything in Redis. */
	readonly cluster: string;
	/** Left out: the key in the data directory. */
	readonly secretKey: string | undefined;
	/** The folder that all processes share: artifacts and workspaces. */
	readonly dataDir: string;
	/** The folder of this machine. */
	readonly localDir: string;
	readonly allowPrivateHosts: readonly string[];
	/** What brings capabilities of its own. */
	readonly tools: ToolVariables;
	/** What the file of MCP servers may name. */
	readonly mcpVariables: McpVariables;
	readonly host: string;
	/** Where it says how it is; undefined where it does not. */
	readonly port: number | undefined;
	/** How long runs may go on once it is to stop, ms. */
	readonly drainMs: number;
	/** What must not stand in a log. */
	readonly secrets: readonly string[];
	readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

/** readWorkerConfig parses both whole; every mistake is in the one `invalid-config` error it throws. */
export function readWorkerConfig(given: {
	readonly args: readonly string[];
	/** Names of all capabilities. */
	readonly known: ReadonlySet<string>;
	readonly env?: Environment;
}): WorkerConfig {
	const { args, known, env = process.env } = given;
	const { data, parsed } = allOf({
		data: () => parseEnvironment(VARIABLES, env),
		parsed: () => parseWorkerArguments(args, known),
	});
	return Object.freeze({
		...parsed,
		redisUrl: data.REDIS_URL,
		cluster: data.ERRAND_CLUSTER,
		secretKey: data.ERRAND_SECRET_KEY,
		dataDir: data.ERRAND_DATA_DIR,
		localDir: data.ERRAND_LOCAL_DIR,
		allowPrivateHosts: Object.freeze(data.ERRAND_ALLOW_PRIVATE_HOSTS),
		search: Object.freeze(pickVariables(data, SEARCH_VARIABLES)),
		browserPath: data.CHROMIUM_PATH,
		mcpVariables: mcpVariables(env),
		tools: Object.freeze({
			...pickVariables(data, TOOL_VARIABLES),
			...(parsed.modules === undefined ? {} : { ERRAND_CAPABILITIES: [...parsed.modules] }),
		}),
		host: data.HOST,
		port: data.ERRAND_WORKER_PORT,
		drainMs: data.ERRAND_DRAIN_MS,
		secrets: secretsOf(data, SECRETS),
		logLevel: data.ERRAND_LOG_LEVEL,
	});
}

/** Reads both, so that the mistakes of one do not hide those of the other. */
function allOf<A, B>({ data, parsed }: { data: () => A; parsed: () => B }): { data: A; parsed: B } {
	const mistakes: CoreError[] = [];
	const read = <T>(from: () => T): T | undefined => {
		try {
			return from();
		} catch (error) {
			if (!isCoreError(error)) throw error;
			mistakes.push(error);
			return undefined;
		}
	};
	const both = { data: read(data), parsed: read(parsed) };
	if (mistakes.length === 0) return both as { data: A; parsed: B };
	throw new CoreError('invalid-config', mistakes.map(({ message }) => message).join(' '), {
		hint: mistakes.map(({ hint }) => hint).join(' '),
	});
}

const SECRETS = ['ERRAND_SECRET_KEY', 'REDIS_URL', 'BRAVE_API_KEY'] as const;
