import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readFileIfThere, writeFileDurably } from './durable-file.ts';

/** FileNote keeps one short text durably: the old or the new one is there after a crash, nothing in between. */
export class FileNote {
	readonly #path: string;
	#writing: Promise<void> = Promise.resolve();

	constructor(path: string) {
		this.#path = path;
	}

	async load(): Promise<string | undefined> {
		return (await readFileIfThere(this.#path))?.toString('utf8');
	}

	/** Resolves once it is on disk; saves come one after the other. */
	save(text: string): Promise<void> {
		const saved = this.#writing.then(async () => {
			await mkdir(dirname(this.#path), { recursive: true });
			await writeFileDurably(this.#path, text);
		});
		this.#writing = saved.catch(() => undefined);
		return saved;
	}
}
