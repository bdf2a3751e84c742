import { hash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { PersonId } from '../../domain/ids.ts';
import type { Json } from '../../domain/json.ts';
import type { CachedResult, IResultCache } from '../../ports/result-cache.ts';
import { discard, temporaryPrefix, translateFileError } from './durable-file.ts';

/** ResultCacheOptions say where results are kept and how much of the disk they may take. */
export interface ResultCacheOptions {
	readonly folder: string;
	readonly maxBytes: number;
}

/**
 * FileResultCache keeps each result in a file, in a folder for each person. When the bound is reached, those unused for
 * longest go. Files are not synced: one that a crash left damaged fails its checksum and counts as absent.
 */
export class FileResultCache implements IResultCache {
	readonly #folder: string;
	readonly #sizes: LRUCache<string, number>;

	constructor({ folder, maxBytes }: ResultCacheOptions) {
		this.#folder = folder;
		this.#sizes = new LRUCache({
			maxSize: maxBytes,
			sizeCalculation: (bytes) => bytes,
			dispose: (_bytes, path, reason) => {
				if (reason === 'evict') rmSync(path, { force: true });
			},
		});
		this.#load();
	}

	async get(person: PersonId, key: string): Promise<CachedResult | undefined> {
		const path = this.#path(person, key);
		if (this.#sizes.get(path) === undefined) return undefined;
		const text = await readFile(path, 'utf8').catch(() => '');
		const result = decode(text);
		if (result === undefined) await this.#drop(path);
		return result;
	}

	async put(person: PersonId, key: string, result: CachedResult): Promise<void> {
		const path = this.#path(person, key);
		const text = encode(result);
		const bytes = Buffer.byteLength(text);
		if (bytes > this.#sizes.maxSize) return this.#drop(path);
		const temporary = join(dirname(path), `${temporaryPrefix}${randomUUID()}`);
		try {
			await mkdir(dirname(path), { recursive: true, mode: 0o700 });
			await writeFile(temporary, text, { mode: 0o600 });
			await rename(temporary, path);
			this.#sizes.set(path, bytes);
		} catch (error) {
			await discard(temporary);
			throw translateFileError(error, `write ${path}`);
		}
	}

	async eraseOf(person: PersonId): Promise<void> {
		const folder = this.#personFolder(person);
		for (const path of [...this.#sizes.keys()]) if (dirname(path) === folder) this.#sizes.delete(path);
		try {
			await rm(folder, { recursive: true, force: true });
		} catch (error) {
			throw translateFileError(error, 'erase cached results');
		}
	}

	async #drop(path: string): Promise<void> {
		this.#sizes.delete(path);
		await discard(path);
	}

	/** Takes stock, oldest first, so that what an earlier process left is bounded too. */
	#load(): void {
		mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
		const found: { path: string; bytes: number; at: number }[] = [];
		for (const entry of readdirSync(this.#folder, { recursive: true, withFileTypes: true })) {
			const path = join(entry.parentPath, entry.name);
			if (!entry.isFile()) continue;
			if (entry.name.startsWith(temporaryPrefix)) rmSync(path, { force: true });
			else {
				const { size, mtimeMs } = statSync(path);
				found.push({ path, bytes: size, at: mtimeMs });
			}
		}
		for (const { path, bytes } of found.toSorted((a, b) => a.at - b.at)) {
			if (bytes > 0) this.#sizes.set(path, bytes);
		}
	}

	#path(person: PersonId, key: string): string {
		return join(this.#personFolder(person), hash('sha256', key, 'hex'));
	}

	#personFolder(person: PersonId): string {
		return join(this.#folder, hash('sha256', person, 'hex').slice(0, 16));
	}
}

const StoredSchema = z.object({ output: z.json(), origins: z.array(z.string()) });

/** The checksum, then the result, each on a line. */
function encode(result: CachedResult): string {
	const body = JSON.stringify({ output: result.output, origins: result.origins });
	return `${hash('sha256', body, 'hex')}\n${body}`;
}

function decode(text: string): { output: Json; origins: readonly string[] } | undefined {
	const body = text.slice(65);
	if (hash('sha256', body, 'hex') !== text.slice(0, 64)) return undefined;
	return StoredSchema.parse(JSON.parse(body));
}
