import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { parse, resolve } from 'node:path';
import {
	type Environment,
	parseEnvironment,
	REPOSITORY,
	SHARED_VARIABLES,
} from '@errand/core/infrastructure/environment.ts';
import type { ServerPlace } from '@errand/frontends/terminal/find-server.ts';
import { z } from 'zod';

const VARIABLES = {
	...SHARED_VARIABLES,
	/** A server to talk to, elsewhere or one of many. */
	ERRAND_URL: z
		.string()
		.refine((text) => URL.canParse(text) && /^https?:/.test(text), 'must be an address such as https://errand.example')
		.transform((text) => text.replace(/\/+$/, ''))
		.optional(),
	PORT: z.string().optional(),
	/** Which tools a client has room for, and the project of calls that name none; the names are those of task-master-ai. */
	TASK_MASTER_TOOLS: z.string().max(10_000).optional(),
	TASK_MASTER_PROJECT_ROOT: z.string().optional(),
};

/** Config is what the program was told by its environment. */
export interface Config extends ServerPlace {
	readonly toolChoice: string | undefined;
	/** The project of calls that name none, where the client does not tell which folder is open. */
	readonly projectRoot: string | undefined;
}

/** readConfig parses the environment once, with what `.env` of the repository adds, and reports every mistake in one message. */
export function readConfig(folder: string = process.cwd(), env: Environment = withFile()): Config {
	const parsed = parseEnvironment(VARIABLES, env);
	const { ERRAND_DATA_DIR: dataDir, PORT } = parsed;
	return Object.freeze({
		dataDir,
		url: parsed.ERRAND_URL,
		token: parsed.ERRAND_TOKEN,
		toolChoice: parsed.TASK_MASTER_TOOLS,
		projectRoot: parsed.TASK_MASTER_PROJECT_ROOT ?? (isProject(folder) ? folder : undefined),
		gateway: {
			main: resolve(REPOSITORY, 'apps/gateway/src/main.ts'),
			// Any free port will do: clients find it by its data directory.
			env: { ...env, ERRAND_DATA_DIR: dataDir, PORT: PORT ?? '0' },
		},
	});
}

// Editors start it in whatever folder they like; what they set themselves wins.
function withFile(): Environment {
	const file = resolve(REPOSITORY, '.env');
	if (existsSync(file)) process.loadEnvFile(file);
	return process.env;
}

/** Nobody means a backlog of everything they have, nor one of Errand's own code when they only start it there. */
function isProject(folder: string): boolean {
	return folder !== parse(folder).root && folder !== homedir() && folder !== REPOSITORY;
}
