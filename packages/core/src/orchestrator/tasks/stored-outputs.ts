import { LRUCache } from 'lru-cache';
import { CoreError } from '../../domain/errors.ts';
import { asArtifactId } from '../../domain/ids.ts';
import type { Json } from '../../domain/json.ts';
import type { Output } from '../../domain/task/facts.ts';
import type { IArtifactStore } from '../../ports/artifact-store.ts';

/** Bytes of outputs that are kept at hand, as stored: each item of a list asks for the whole list. */
const MAX_KEPT_BYTES = 16 * 1024 * 1024;

/** StoredOutputs gives the values of outputs; large ones are read from their files, those just read are at hand for a while. */
export class StoredOutputs {
	readonly #artifacts: IArtifactStore;
	readonly #kept = new LRUCache<string, Promise<Json>>({ maxSize: MAX_KEPT_BYTES });

	constructor(artifacts: IArtifactStore) {
		this.#artifacts = artifacts;
	}

	/** Rejects with `unknown-artifact` when the file is gone. */
	async valueOf(output: Output): Promise<Json> {
		if (output.kind === 'value') return output.value;
		const { id, name, bytes } = output.artifact;
		const known = this.#kept.get(id);
		if (known !== undefined) return known;
		const value = this.#read(id, name);
		this.#kept.set(id, value, { size: Math.max(1, bytes) });
		value.catch(() => this.#kept.delete(id));
		return value;
	}

	/** Forgets all: a person's words must not outlive their erasure. */
	clear(): void {
		this.#kept.clear();
	}

	async #read(id: string, name: string): Promise<Json> {
		const file = await this.#artifacts.get(asArtifactId(id));
		if (file !== undefined) return JSON.parse(new TextDecoder().decode(file.content)) as Json;
		throw new CoreError('unknown-artifact', `The file "${name}" with a step's output is gone.`, {
			hint: 'Retry the step that made it.',
		});
	}
}
