import type { ArtifactRef } from '@errand/core/domain/capability.ts';
import { DeliveryFailure } from '@errand/core/domain/conversation/delivery-failure.ts';
import { describeError } from '@errand/core/domain/errors.ts';
import { asArtifactId, type PersonId } from '@errand/core/domain/ids.ts';
import type { IArtifactStore } from '@errand/core/ports/artifact-store.ts';
import type { RawFile } from 'discord.js';

/** OutgoingFiles reads the files of a reply from the store; in place of one that was erased since, or is somebody else's, a note goes out. */
export class OutgoingFiles {
	readonly #artifacts: Pick<IArtifactStore, 'get'>;

	constructor(artifacts: Pick<IArtifactStore, 'get'>) {
		this.#artifacts = artifacts;
	}

	/** Reads them for whom the reply is meant. Rejects with a DeliveryFailure: nothing was sent. */
	async read(refs: readonly ArtifactRef[], to: PersonId | undefined): Promise<RawFile[]> {
		try {
			return await Promise.all(refs.map((ref) => this.#read(ref, to)));
		} catch (error) {
			const message = `A file of the reply could not be read: ${describeError(error)}`;
			throw new DeliveryFailure({ kind: 'retryable', code: 'file-unread', message });
		}
	}

	async #read({ id, name }: ArtifactRef, to: PersonId | undefined): Promise<RawFile> {
		const file = await this.#artifacts.get(asArtifactId(id));
		const isTheirs = to === undefined || file?.owner.person === to;
		if (file === undefined || !isTheirs)
			return { name: `${name}.txt`, data: `The file "${name}" is not kept any more.` };
		return { name, contentType: file.ref.type, data: Buffer.from(file.content) };
	}
}
