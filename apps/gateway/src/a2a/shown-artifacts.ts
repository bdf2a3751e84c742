import type { Artifact } from '@a2a-js/sdk';
import { asArtifactId } from '@errand/core/domain/ids.ts';
import type { TaskView } from '@errand/core/domain/task/view.ts';
import type { Principal } from '@errand/core/orchestrator/desks/desk.ts';
import type { IArtifactStore } from '@errand/core/ports/artifact-store.ts';
import { fileArtifact, resultArtifact } from './shown-task.ts';

/** Files up to this size go along as bytes, all of a task together up to the second; the rest by address. */
const MAX_FILE_BYTES = 256 * 1024;
const MAX_BYTES = 1024 * 1024;

/** ShownArtifacts reads what a task made for its client; addresses take the same token as every call. */
export class ShownArtifacts {
	readonly #artifacts: Pick<IArtifactStore, 'get'>;
	readonly #address: () => string;

	constructor(artifacts: Pick<IArtifactStore, 'get'>, address: () => string) {
		this.#artifacts = artifacts;
		this.#address = address;
	}

	async of({ person }: Principal, view: TaskView): Promise<Artifact[]> {
		const result = resultArtifact(view);
		if (result === undefined) return [];
		const shown = [result];
		let room = MAX_BYTES;
		for (const ref of view.result?.artifacts ?? []) {
			const small = ref.bytes <= MAX_FILE_BYTES && ref.bytes <= room;
			const file = small ? await this.#artifacts.get(asArtifactId(ref.id)) : undefined;
			if (small && file?.owner.person === person) {
				room -= ref.bytes;
				shown.push(fileArtifact(ref, file.content));
			} else shown.push(fileArtifact(ref, { url: `${this.#address()}/v1/artifacts/${ref.id}` }));
		}
		return shown;
	}
}
