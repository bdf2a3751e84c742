import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CoreError, describeError } from '../../domain/errors.ts';

/** LlamaEntry is one model file that was added. */
export const LlamaEntry = z.object({
	/** What the model is called behind the provider's name. */
	name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,79}$/i),
	/** The GGUF file, with its whole path. */
	file: z.string(),
	architecture: z.string(),
	/** How much a request and its reply may hold together, in tokens. */
	contextTokens: z.int().positive(),
	/** It makes vectors and does not chat. */
	embedding: z.boolean(),
	bytes: z.int().positive(),
});
export type LlamaEntry = z.output<typeof LlamaEntry>;

const LlamaRegistry = z.object({ models: z.array(LlamaEntry) });

/** llamaFolder is where models that run in Errand itself, and what runs them, stand in a data directory. */
export function llamaFolder(dataDir: string): string {
	return join(dataDir, 'llama');
}

/** registryFile is the list of added models. */
export function registryFile(dataDir: string): string {
	return join(llamaFolder(dataDir), 'models.json');
}

/** libraryFile is where node-llama-cpp is loaded from. */
export function libraryFile(dataDir: string): string {
	return join(llamaFolder(dataDir), 'node_modules', 'node-llama-cpp', 'dist', 'index.js');
}

/** readLlamaRegistry reads which models were added; none where there is no list. Throws `invalid-config` for one that cannot be read. */
export async function readLlamaRegistry(dataDir: string): Promise<readonly LlamaEntry[]> {
	const file = registryFile(dataDir);
	const text = await readFile(file, 'utf8').catch((error: unknown) => {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
		throw unreadable(file, error);
	});
	if (text === undefined) return [];
	try {
		return LlamaRegistry.parse(JSON.parse(text)).models;
	} catch (error) {
		throw unreadable(file, error);
	}
}

function unreadable(file: string, cause: unknown): CoreError {
	return new CoreError('invalid-config', `The list of models “${file}” cannot be read: ${describeError(cause)}.`, {
		hint: 'Delete the file and add the models again with “npm run model -- add <file>”.',
		cause,
	});
}
