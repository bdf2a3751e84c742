import { createHash, hash, randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { ArtifactRef } from '../../domain/capability.ts';
import { ArtifactRefSchema } from '../../domain/document.ts';
import { CoreError } from '../../domain/errors.ts';
import { safeFileName } from '../../domain/file-name.ts';
import { type ArtifactId, asArtifactId, asPersonId, asTaskId, type PersonId } from '../../domain/ids.ts';
import type { ArtifactOwner, IArtifactStore } from '../../ports/artifact-store.ts';
import { readFileIfThere, temporaryPrefix, translateFileError, writePairDurably } from './durable-file.ts';

type NewArtifact = Parameters<IArtifactStore['put']>[0];
type IsReferenced = (id: ArtifactId, owner: ArtifactOwner) => Promise<boolean>;
type Stat = { ref: ArtifactRef; owner: ArtifactOwner; path: string };

/**
 * FolderArtifactStore keeps each file beside a small description, in a folder for each person. An id is made of the
 * person's folder and a hash of owner, name, type and content, so that putting the same file again gives the same id.
 * The description is written last: a file without one was never stored.
 */
export class FolderArtifactStore implements IArtifactStore {
	readonly #root: string;

	constructor(root: string) {
		this.#root = root;
	}

	async put(file: NewArtifact): Promise<ArtifactRef> {
		const { content, owner } = file;
		const name = safeFileName(file.name);
		const id = artifactId({ ...file, name });
		const ref = { id, name, type: file.type, bytes: content.byteLength };
		const { path, description } = this.#paths(id);
		if (await this.#renew(id)) return ref;
		const described = JSON.stringify({ ...ref, person: owner.person, task: owner.task });
		await writePairDurably({ path, content }, { path: description, content: described });
		return ref;
	}

	async get(id: ArtifactId): Promise<{ ref: ArtifactRef; owner: ArtifactOwner; content: Uint8Array } | undefined> {
		const found = await this.stat(id);
		if (found === undefined) return undefined;
		const { ref, owner, path } = found;
		const content = await readFile(path).catch((error: unknown) => {
			throw translateFileError(error, `read artifact ${id}`);
		});
		if (artifactId({ name: ref.name, type: ref.type, owner, content }) !== id) throw damaged(id);
		return { ref, owner, content };
	}

	async stat(id: ArtifactId): Promise<Stat | undefined> {
		if (!isArtifactId(id)) return undefined;
		const { path, description } = this.#paths(id);
		const text = (await readFileIfThere(description))?.toString('utf8');
		if (text === undefined) return undefined;
		const parsed = DescriptionSchema.safeParse(parseJson(text));
		const size = await sizeOf(path);
		if (!parsed.success || size !== parsed.data.bytes) throw damaged(id);
		const { person, task, ...ref } = parsed.data;
		const owner = { person: asPersonId(person), ...(task === undefined ? {} : { task: asTaskId(task) }) };
		return { ref: { ...ref, id }, owner, path };
	}

	async eraseOf(person: PersonId): Promise<void> {
		try {
			await rm(join(this.#root, personFolder(person)), { recursive: true, force: true });
		} catch (error) {
			throw translateFileError(error, 'erase artifacts');
		}
	}

	/**
	 * Removes files put before `olderThan` (ms since 1970) that nothing refers to, and what a crash left half written.
	 * A file is put before the fact that names it, so `olderThan` must leave that fact time to be written.
	 */
	async collectOrphans(olderThan: number, isReferenced: IsReferenced): Promise<number> {
		let removed = 0;
		for (const folder of await listFolder(this.#root)) {
			const names = new Set(await listFolder(join(this.#root, folder)));
			for (const name of names) {
				const path = join(this.#root, folder, name);
				if (!(await isOlder(path, olderThan))) continue;
				if (name.endsWith('.json')) {
					const id = asArtifactId(folder + name.slice(0, -'.json'.length));
					if (await this.#collect(id, olderThan, isReferenced)) removed++;
				} else if (!names.has(`${name}.json`)) await removeOlder(path, olderThan);
			}
		}
		return removed;
	}

	/** A damaged file is left for a person to look at. */
	async #collect(id: ArtifactId, olderThan: number, isReferenced: IsReferenced): Promise<boolean> {
		const found = await this.stat(id).catch(() => undefined);
		if (found === undefined || (await isReferenced(id, found.owner))) return false;
		const { path, description } = this.#paths(id);
		// Put again while we asked: it is young now.
		if (!(await removeOlder(description, olderThan))) return false;
		await removeOlder(path, olderThan);
		return true;
	}

	/** True if the file is there, which is then made young, so that it is not collected before it is named again. */
	async #renew(id: ArtifactId): Promise<boolean> {
		const found = await this.stat(id).catch(() => undefined);
		if (found === undefined) return false;
		const now = new Date();
		const { path, description } = this.#paths(id);
		try {
			await utimes(path, now, now);
			await utimes(description, now, now);
			return (await this.stat(id)) !== undefined;
		} catch {
			return false;
		}
	}

	#paths(id: string): { path: string; description: string } {
		const path = join(this.#root, id.slice(0, folderLength), id.slice(folderLength));
		return { path, description: `${path}.json` };
	}
}

const folderLength = 16;
const DescriptionSchema = ArtifactRefSchema.extend({ person: z.string(), task: z.string().optional() });

function artifactId({ name, type, content, owner }: NewArtifact): ArtifactId {
	const sum = createHash('sha256');
	sum.update(JSON.stringify([owner.person, owner.task ?? null, name, type]));
	sum.update(content);
	return asArtifactId(personFolder(owner.person) + sum.digest('hex').slice(0, 32));
}

/** Only such ids become paths. */
function isArtifactId(id: string): boolean {
	return /^[0-9a-f]{48}$/.test(id);
}

function personFolder(person: PersonId): string {
	return hash('sha256', person, 'hex').slice(0, folderLength);
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

async function sizeOf(path: string): Promise<number | undefined> {
	return (await stat(path).catch(() => undefined))?.size;
}

async function listFolder(path: string): Promise<string[]> {
	return readdir(path).catch(() => []);
}

async function isOlder(path: string, than: number): Promise<boolean> {
	const found = await stat(path).catch(() => undefined);
	return found !== undefined && found.mtimeMs < than;
}

/**
 * Removes a file unless it is young. It is taken away first and looked at then, because any process may put it again between
 * a look and the removal; a young one is put back.
 */
async function removeOlder(path: string, than: number): Promise<boolean> {
	const taken = join(dirname(path), `${temporaryPrefix}${randomUUID()}`);
	try {
		await rename(path, taken);
	} catch {
		return false;
	}
	if (await isOlder(taken, than)) {
		await rm(taken, { force: true });
		return true;
	}
	// What was put in its place meanwhile is the same.
	await rename(taken, path);
	return false;
}

function damaged(id: string): CoreError {
	return new CoreError(
		'store-corrupt',
		`Cannot read artifact ${id}: the file on disk is not the one that was stored.`,
		{
			hint: 'Restore the artifacts folder of the data directory from a backup, or make the file again.',
		},
	);
}
