import { type Environment, parseEnvironment, SHARED_VARIABLES } from '@errand/core/infrastructure/environment.ts';

/** readDataDir is where models are added to. */
export function readDataDir(env: Environment = process.env): string {
	return parseEnvironment({ ERRAND_DATA_DIR: SHARED_VARIABLES.ERRAND_DATA_DIR }, env).ERRAND_DATA_DIR;
}
