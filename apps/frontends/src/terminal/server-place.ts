import { resolve } from 'node:path';
import { type Environment, REPOSITORY, SHARED_VARIABLES } from '@errand/core/infrastructure/environment.ts';
import { z } from 'zod';

/** PLACE_VARIABLES say which server a client talks to; a client spreads them into the schema of its environment. */
export const PLACE_VARIABLES = {
	...SHARED_VARIABLES,
	/** A server to talk to, elsewhere or one of many. */
	ERRAND_URL: z
		.string()
		.refine((text) => URL.canParse(text) && /^https?:/.test(text), 'must be an address such as https://errand.example')
		.transform((text) => text.replace(/\/+$/, ''))
		.optional(),
	PORT: z.string().optional(),
};

/** ServerPlace says which server is meant, and how to start one where none runs. */
export interface ServerPlace {
	readonly dataDir: string;
	/** The server to talk to; undefined: the one that has the data directory. */
	readonly url: string | undefined;
	/** Undefined: the one kept in the data directory. */
	readonly token: string | undefined;
	/** The gateway to start when none runs, and the environment to start it in. */
	readonly gateway: { readonly main: string; readonly env: Environment };
}

/** placeOf is the server that the parsed variables mean; `env` is what they were parsed from. */
export function placeOf(data: z.output<z.ZodObject<typeof PLACE_VARIABLES>>, env: Environment): ServerPlace {
	const { ERRAND_DATA_DIR: dataDir, ERRAND_TOKEN: token, ERRAND_URL: url, PORT = '0' } = data;
	return {
		dataDir,
		url,
		token,
		gateway: {
			main: resolve(REPOSITORY, 'apps/gateway/src/main.ts'),
			// Any free port will do: clients find it by its data directory.
			env: { ...env, ERRAND_DATA_DIR: dataDir, PORT },
		},
	};
}
