import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { REPOSITORY } from './environment.ts';

/** readRelease reads which version of Errand this is; processes of several run side by side while a cluster is upgraded. */
export function readRelease(): string {
	const manifest: unknown = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
	return z.object({ version: z.string() }).parse(manifest).version;
}
