import { resolve } from 'node:path';
import { CoreError } from '@errand/core/domain/errors.ts';
import { z } from 'zod';

/** The repository's own folder: data stands in it, wherever the command was typed. */
const REPOSITORY = resolve(import.meta.dirname, '../../../..');

const Environment = z.object({
	ERRAND_DATA_DIR: z
		.string()
		.transform((path) => resolve(path))
		.default(resolve(REPOSITORY, 'data')),
	ERRAND_TOKEN: z
		.string()
		.regex(/^[\x21-\x7e]+$/, 'must be printable characters without spaces')
		.optional(),
	PORT: z.string().optional(),
	NO_COLOR: z.string().optional(),
	TERM: z.string().optional(),
});

/** Config is what the terminal was told by its environment. */
export interface Config {
	readonly dataDir: string;
	/** Undefined: the one kept in the data directory. */
	readonly token: string | undefined;
	/** False when the person wants no colours, or the terminal has none. */
	readonly color: boolean;
	/** The gateway to start when none runs, and the environment to start it in. */
	readonly gateway: { readonly main: string; readonly env: Readonly<Record<string, string | undefined>> };
}

/** readConfig parses the environment once and reports every mistake in one message. */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
	const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
	const parsed = Environment.safeParse(given);
	if (!parsed.success) {
		const mistakes = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ');
		throw new CoreError('invalid-config', `The environment is not right: ${mistakes}.`, {
			hint: 'Correct these variables, in the shell or in .env.',
		});
	}
	const { ERRAND_DATA_DIR, ERRAND_TOKEN, PORT, NO_COLOR, TERM } = parsed.data;
	return Object.freeze({
		dataDir: ERRAND_DATA_DIR,
		token: ERRAND_TOKEN,
		color: NO_COLOR === undefined && TERM !== 'dumb',
		gateway: {
			main: resolve(REPOSITORY, 'apps/gateway/src/main.ts'),
			// Any free port will do for a server that only this terminal talks to.
			env: { ...env, ERRAND_DATA_DIR, PORT: PORT ?? '0' },
		},
	});
}
