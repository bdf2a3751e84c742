import type { ArtifactRef } from '../domain/capability.ts';
import type { ArtifactId, PersonId, TaskId } from '../domain/ids.ts';

/** ArtifactOwner says whose file it is; a person sees only their own. */
export interface ArtifactOwner {
	readonly person: PersonId;
	readonly task?: TaskId | undefined;
}

/**
 * IArtifactStore keeps files. `put` returns once the bytes are durable (fsync) and is idempotent by content and owner;
 * `get` is undefined for an unknown id. `eraseOf` removes every file of a person.
 */
export interface IArtifactStore {
	put(file: { name: string; type: string; content: Uint8Array; owner: ArtifactOwner }): Promise<ArtifactRef>;
	get(id: ArtifactId): Promise<{ ref: ArtifactRef; owner: ArtifactOwner; content: Uint8Array } | undefined>;
	stat(id: ArtifactId): Promise<{ ref: ArtifactRef; owner: ArtifactOwner; path: string } | undefined>;
	eraseOf(person: PersonId): Promise<void>;
}
