import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { FileNote } from '@errand/core/adapters/files/file-note.ts';
import { z } from 'zod';
import { ReadTools } from './read-tools.ts';
import type { McpServer } from './server-config.ts';

/** KnownTools remembers on disk what a server offered, so that it is known at the next start before the server is. */
export class KnownTools {
	readonly #note: FileNote;
	readonly #key: string;
	#last: string | undefined;

	constructor(server: McpServer, dataDir: string) {
		this.#note = new FileNote(join(dataDir, 'tools', `mcp-${server.name}.json`));
		this.#key = keyOf(server);
	}

	/** Undefined where nothing is known, or the operator's entry has become another. */
	async load(): Promise<ReadTools | undefined> {
		try {
			const text = await this.#note.load();
			if (text === undefined || text.length > MAX_LENGTH) return undefined;
			const { key, read } = StoredSchema.parse(JSON.parse(text));
			if (key !== this.#key) return undefined;
			this.#last = text;
			return read;
		} catch {
			// It is only a memory: the server tells it again.
			return undefined;
		}
	}

	async save(read: ReadTools): Promise<void> {
		const text = JSON.stringify({ key: this.#key, read });
		if (text === this.#last || text.length > MAX_LENGTH) return;
		this.#last = text;
		await this.#note.save(text);
	}
}

const StoredSchema = z.object({ key: z.string(), read: ReadTools });
const MAX_LENGTH = 20 * 1024 * 1024;

/** Changes with what the operator wrote, secrets aside. */
function keyOf({ reach, tools }: McpServer): string {
	const place = reach.kind === 'http' ? reach.url : [reach.command, ...reach.args];
	return createHash('sha256')
		.update(JSON.stringify([place, tools ?? null]))
		.digest('hex');
}
