import { type Environment, parseEnvironment } from '@errand/core/infrastructure/environment.ts';
import { z } from 'zod';
import { PLACE_VARIABLES, placeOf, type ServerPlace } from './server-place.ts';

const VARIABLES = { ...PLACE_VARIABLES, NO_COLOR: z.string().optional(), TERM: z.string().optional() };

/** Config is what the terminal was told by its environment. */
export interface Config extends ServerPlace {
	/** False when the person wants no colours, or the terminal has none. */
	readonly color: boolean;
}

/** readConfig parses the environment once and reports every mistake in one message. */
export function readConfig(env: Environment = process.env): Config {
	const data = parseEnvironment(VARIABLES, env);
	return Object.freeze({ ...placeOf(data, env), color: data.NO_COLOR === undefined && data.TERM !== 'dumb' });
}
