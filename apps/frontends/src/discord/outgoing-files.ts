import type { ArtifactRef } from '@errand/core/domain/capability.ts';
import { asArtifactId } from '@errand/core/domain/ids.ts';
import type { IArtifactStore } from '@errand/core/ports/artifact-store.ts';
import type { RawFile } from 'discord.js';

/** OutgoingFiles reads the files of a reply from the store; in place of one that was erased since, a note goes out. */
export class OutgoingFiles {
	readonly #artifacts: Pick<IArtifactStore, 'get'>;

	constructor(artifacts: Pick<IArtifactStore, 'get'>) {
		this.#artifacts = artifacts;
	}

	async read(refs: readonly ArtifactRef[]): Promise<RawFile[]> {
		return Promise.all(
			refs.map(async ({ id, name }) => {
				const file = await this.#artifacts.get(asArtifactId(id));
				if (file === undefined) return { name: `${name}.txt`, data: `The file "${name}" is not kept any more.` };
				return { name, contentType: file.ref.type, data: Buffer.from(file.content) };
			}),
		);
	}
}
