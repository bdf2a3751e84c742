import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { NO_BROWSER } from './browser-places.ts';

/** BROWSER_VARIABLES are the variables of the environment that say which browser tasks get. */
export const BROWSER_VARIABLES = {
	/** Left out: one is looked for in the usual places. `none`: tasks get none, even if there is one. */
	CHROMIUM_PATH: z
		.string()
		.transform((path) => (path === NO_BROWSER ? path : resolve(path)))
		.refine(
			(path) => path === NO_BROWSER || isExecutable(path),
			`must be the file of a Chromium that can be run, or "${NO_BROWSER}"; leave it out to have one found`,
		)
		.optional(),
} as const;

function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return statSync(path).isFile();
	} catch {
		return false;
	}
}
