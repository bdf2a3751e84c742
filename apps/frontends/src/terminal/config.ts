import { resolve } from 'node:path';
import {
	type Environment,
	parseEnvironment,
	REPOSITORY,
	SHARED_VARIABLES,
} from '@errand/core/infrastructure/environment.ts';
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
	NO_COLOR: z.string().optional(),
	TERM: z.string().optional(),
};

/** Config is what the terminal was told by its environment. */
export interface Config {
	readonly dataDir: string;
	/** The server to talk to; undefined: the one that has the data directory. */
	readonly url: string | undefined;
	/** Undefined: the one kept in the data directory. */
	readonly token: string | undefined;
	/** False when the person wants no colours, or the terminal has none. */
	readonly color: boolean;
	/** The gateway to start when none runs, and the environment to start it in. */
	readonly gateway: { readonly main: string; readonly env: Environment };
}

/** readConfig parses the environment once and reports every mistake in one message. */
export function readConfig(env: Environment = process.env): Config {
	const { ERRAND_DATA_DIR, ERRAND_TOKEN, ERRAND_URL, PORT, NO_COLOR, TERM } = parseEnvironment(VARIABLES, env);
	return Object.freeze({
		dataDir: ERRAND_DATA_DIR,
		url: ERRAND_URL,
		token: ERRAND_TOKEN,
		color: NO_COLOR === undefined && TERM !== 'dumb',
		gateway: {
			main: resolve(REPOSITORY, 'apps/gateway/src/main.ts'),
			// Any free port will do for a server that only this terminal talks to.
			env: { ...env, ERRAND_DATA_DIR, PORT: PORT ?? '0' },
		},
	});
}
