import { access } from 'node:fs/promises';
import { CoreError } from '@errand/core/domain/errors.ts';
import { type LlamaEntry, llamaFolder, readLlamaRegistry } from '@errand/core/models/llama/llama-registry.ts';
import { isInstalled, LLAMA_VERSION } from './install-library.ts';
import type { Tools } from './tools.ts';
import { writeRegistry } from './write-registry.ts';

/** listAdded shows the models that were added, and whether they could run. */
export async function listAdded({ dataDir, say }: Tools): Promise<void> {
	const entries = await readLlamaRegistry(dataDir);
	if (entries.length === 0) {
		say('No model was added yet: npm run model -- add <file.gguf>');
		return;
	}
	for (const { name, file, contextTokens, embedding, bytes } of entries) {
		const isThere = await access(file).then(
			() => true,
			() => false,
		);
		const size = `${(bytes / 1e6).toFixed(1)} MB`;
		const what = embedding ? 'vectors' : `${contextTokens} tokens`;
		say(`llama/${name}  ${size}, ${what}, ${file}${isThere ? '' : '  MISSING'}`);
	}
	const isThere = await isInstalled(dataDir);
	say(`node-llama-cpp ${LLAMA_VERSION}: ${isThere ? 'installed' : 'not installed; “add” does it'}.`);
}

/** addedModel finds a model of the list; rejects with `not-found` for one that is not on it. */
export async function addedModel(name: string, dataDir: string): Promise<LlamaEntry> {
	const wanted = name.replace(/^llama\//, '');
	const entries = await readLlamaRegistry(dataDir);
	const entry = entries.find((each) => each.name === wanted);
	if (entry !== undefined) return entry;
	throw new CoreError('not-found', `No model “${wanted}” was added.`, {
		hint: `There are: ${entries.map((each) => each.name).join(', ') || 'none'}.`,
	});
}

/** removeModel takes a model off the list. */
export async function removeModel(name: string, { dataDir, say }: Tools): Promise<void> {
	const entry = await addedModel(name, dataDir);
	const left = (await readLlamaRegistry(dataDir)).filter((each) => each.name !== entry.name);
	await writeRegistry(dataDir, left);
	say(`Taken off the list. Its file stays: ${entry.file}`);
	if (left.length === 0) say(`What ran it may be deleted as well: ${llamaFolder(dataDir)}`);
}
