import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { CoreError } from '@errand/core/domain/errors.ts';
import { ggufFacts, readGgufHeader } from '@errand/core/models/llama/gguf-header.ts';
import { LlamaEntry, readLlamaRegistry } from '@errand/core/models/llama/llama-registry.ts';
import type { ModelArguments } from './arguments.ts';
import { installLibrary, isInstalled, LLAMA_VERSION } from './install-library.ts';
import type { Tools } from './tools.ts';
import { tryAdded } from './try-added.ts';
import { writeRegistry } from './write-registry.ts';

/** addModel reads a model file's head, installs what runs it if need be, lets it reply once, and puts it on the list. */
export async function addModel(typed: Extract<ModelArguments, { command: 'add' }>, tools: Tools): Promise<void> {
	const { dataDir, say } = tools;
	const entry = await entryOf(typed);
	const before = await readLlamaRegistry(dataDir);
	if (before.some(({ name }) => name === entry.name)) {
		throw new CoreError('invalid-input', `There is a model “${entry.name}” already.`, {
			hint: `Give another --name, or take it off first: npm run model -- remove ${entry.name}`,
		});
	}
	const kind = entry.embedding ? 'makes vectors' : 'chats';
	say(`${entry.name}: ${entry.architecture}, ${megabytes(entry.bytes)} MB, ${kind}, ${entry.contextTokens} tokens.`);
	if (!(await isInstalled(dataDir))) {
		say(`Installing node-llama-cpp ${LLAMA_VERSION} into ${dataDir}/llama …`);
		await installLibrary(dataDir);
	}
	await tryAdded(entry, undefined, tools);
	await writeRegistry(dataDir, [...before, entry]);
	say(`Added. After the next start Errand uses it as llama/${entry.name}.`);
}

async function entryOf({ file: given, name, contextTokens }: Extract<ModelArguments, { command: 'add' }>) {
	const file = resolve(given);
	const { architecture, contextTokens: trained, embedding } = ggufFacts(await readGgufHeader(file));
	const { size: bytes } = await stat(file);
	const entry = LlamaEntry.safeParse({
		name: name ?? nameOf(file),
		file,
		architecture,
		contextTokens: Math.min(contextTokens ?? USUAL_CONTEXT, trained ?? USUAL_CONTEXT),
		embedding,
		bytes,
	});
	if (entry.success) return entry.data;
	throw new CoreError('invalid-input', `A model cannot be called “${name ?? nameOf(file)}”.`, {
		hint: 'Give it a --name of letters, digits, dots, hyphens and underscores.',
	});
}

/** More takes memory that machines at home rarely have to spare. */
const USUAL_CONTEXT = 8_192;

/** Parts of a model that was split have numbers. */
function nameOf(file: string): string {
	return basename(file)
		.replace(/\.gguf$/i, '')
		.replace(/-00001-of-\d+$/, '')
		.toLowerCase()
		.replace(/[^a-z0-9._-]+/g, '-');
}

function megabytes(bytes: number): string {
	return (bytes / 1e6).toFixed(bytes < 10e6 ? 1 : 0);
}
