import { mkdir } from 'node:fs/promises';
import { writeFileDurably } from '@errand/core/adapters/files/durable-file.ts';
import { type LlamaEntry, llamaFolder, registryFile } from '@errand/core/models/llama/llama-registry.ts';

/** writeRegistry puts another list in the place of the one that is there. */
export async function writeRegistry(dataDir: string, models: readonly LlamaEntry[]): Promise<void> {
	await mkdir(llamaFolder(dataDir), { recursive: true });
	await writeFileDurably(registryFile(dataDir), `${JSON.stringify({ models }, undefined, '\t')}\n`, 0o600);
}
