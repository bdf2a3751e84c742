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
const SECRET_NAME = /(?:TOKEN|KEY|SECRET)$/;
