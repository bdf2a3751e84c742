import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { CoreError } from '../../domain/errors.ts';
import type { ISecretVault } from '../../ports/secret-vault.ts';
import { openBytes, SEAL_KEY_BYTES, sealBytes } from '../sealing/sealed-bytes.ts';
import { readFileIfThere, writeFileDurably } from './durable-file.ts';
import { readKey, readOrCreateKey } from './key-file.ts';

/** VaultFiles are the encrypted file and the key that opens it. */
export interface VaultFiles {
	readonly path: string;
	readonly keyPath: string;
}

/** openFileVault opens the vault, or begins one. A vault whose key is missing or wrong is refused as it is, never begun anew. */
export async function openFileVault(files: VaultFiles): Promise<ISecretVault> {
	const { key, secrets } = await openFiles(files);
	return new FileVault(files.path, key, new Map(secrets));
}

/** readFileVault gives all secrets of a vault that nobody changes meanwhile. */
export async function readFileVault(files: VaultFiles): Promise<readonly (readonly [string, string])[]> {
	return (await openFiles(files)).secrets;
}

async function openFiles({ path, keyPath }: VaultFiles) {
	const sealed = await readFileIfThere(path);
	const missing = sealed !== undefined && readKey(keyPath) === undefined;
	if (missing) throw unreadable(path, `its key ${keyPath} is missing`);
	const key = Buffer.from(
		readOrCreateKey(keyPath, () => randomBytes(SEAL_KEY_BYTES).toString('base64')),
		'base64',
	);
	if (key.length !== SEAL_KEY_BYTES) throw unreadable(path, `${keyPath} holds no key`);
	const secrets = sealed === undefined ? [] : open(sealed, key);
	if (secrets === undefined) throw unreadable(path, `${keyPath} does not open it, or it was damaged`);
	return { key, secrets };
}

/** FileVault holds all secrets in one file, encrypted as a whole with AES-256-GCM and replaced whole on each change. */
class FileVault implements ISecretVault {
	readonly #path: string;
	readonly #key: Buffer;
	#secrets: ReadonlyMap<string, string>;
	#writing: Promise<void> = Promise.resolve();

	constructor(path: string, key: Buffer, secrets: ReadonlyMap<string, string>) {
		this.#path = path;
		this.#key = key;
		this.#secrets = secrets;
	}

	put(name: string, secret: string): Promise<void> {
		return this.#change((secrets) => secrets.set(name, secret));
	}

	async get(name: string): Promise<string | undefined> {
		return this.#secrets.get(name);
	}

	async deleteUnder(prefix: string): Promise<void> {
		await this.#change((secrets) => {
			const names = [...secrets.keys()].filter((name) => name.startsWith(prefix));
			for (const name of names) secrets.delete(name);
			return names.length > 0;
		});
	}

	/** One write after the other; what is read is what is on disk. */
	#change(apply: (secrets: Map<string, string>) => unknown): Promise<void> {
		const write = async () => {
			const next = new Map(this.#secrets);
			if (apply(next) === false) return;
			await writeFileDurably(this.#path, seal([...next], this.#key));
			this.#secrets = next;
		};
		const written = this.#writing.then(write);
		this.#writing = written.catch(() => undefined);
		return written;
	}
}

const magic = 'ERRANDV1';
const SecretsSchema = z.array(z.tuple([z.string(), z.string()]));

/** Layout: magic, then what was sealed; the magic is authenticated too. */
function seal(secrets: z.infer<typeof SecretsSchema>, key: Buffer): Buffer {
	return Buffer.concat([Buffer.from(magic), sealBytes(Buffer.from(JSON.stringify(secrets)), magic, key)]);
}

function open(sealed: Buffer, key: Buffer): z.infer<typeof SecretsSchema> | undefined {
	if (sealed.subarray(0, magic.length).toString('latin1') !== magic) return undefined;
	const text = openBytes(sealed.subarray(magic.length), magic, key);
	if (text === undefined) return undefined;
	try {
		return SecretsSchema.parse(JSON.parse(text.toString('utf8')));
	} catch {
		return undefined;
	}
}

function unreadable(path: string, seen: string): CoreError {
	return new CoreError('store-corrupt', `Cannot open the secrets in ${path}: ${seen}.`, {
		hint: 'Restore the file and its key from the same backup; or, to begin without the secrets, move both away. Nothing was overwritten.',
	});
}
