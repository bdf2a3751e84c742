import { realpath } from 'node:fs/promises';
import { readFileIfThere, writeFileDurably } from '@errand/core/adapters/files/durable-file.ts';
import { changeEnvText, type EnvChanges } from './env-text.ts';

/** readEnvFile reads a .env file; empty when there is none. */
export async function readEnvFile(file: string): Promise<string> {
	return (await readFileIfThere(file))?.toString('utf8') ?? '';
}

/** writeEnvFile changes variables of a .env file, for nobody else to read; `text` is what stands in it. Returns the names it set. */
export async function writeEnvFile(file: string, text: string, changes: EnvChanges): Promise<readonly string[]> {
	// A link stays a link: what it points to is written.
	const target = await realpath(file).catch(() => file);
	await writeFileDurably(target, changeEnvText(text, changes), 0o600);
	return Object.entries(changes).flatMap(([name, value]) => (value === undefined ? [] : [name]));
}
