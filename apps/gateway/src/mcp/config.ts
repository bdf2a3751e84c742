import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { parse, resolve } from 'node:path';
import { type Environment, parseEnvironment, REPOSITORY } from '@errand/core/infrastructure/environment.ts';
import { PLACE_VARIABLES, placeOf, type ServerPlace } from '@errand/frontends/terminal/server-place.ts';
import { z } from 'zod';

const VARIABLES = {
	...PLACE_VARIABLES,
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
	return Object.freeze({
		...placeOf(parsed, env),
		toolChoice: parsed.TASK_MASTER_TOOLS,
		projectRoot: parsed.TASK_MASTER_PROJECT_ROOT ?? (isProject(folder) ? folder : undefined),
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
