import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CoreError } from '../../domain/errors.ts';
import type { ILogger } from '../../ports/logger.ts';
import type { IMessageSpool, SpooledMessage } from '../../ports/message-spool.ts';
import { hasCode, readFileIfThere, translateFileError, writeFileDurably } from './durable-file.ts';

interface Options {
	readonly folder: string;
	/** What people write may be secret. */
	readonly seal: {
		seal(name: string, text: string): string;
		/** Undefined for what cannot be opened. */
		open(name: string, sealed: string): string | undefined;
	};
	readonly log: ILogger;
}

/** More is not taken: whoever sends is told so, and the platform brings it again. */
const MAX_WAITING = 10_000;
const SUFFIX = '.message';

/**
 * FileMessageSpool keeps each message in a file of its own, named by when it came. Processes that share the folder may take
 * up each other's: a message that is taken twice is one.
 */
export class FileMessageSpool implements IMessageSpool {
	readonly #options: Options;
	#last = 0;

	constructor(options: Options) {
		this.#options = options;
	}

	async keep(spooled: SpooledMessage): Promise<void> {
		const { folder, seal } = this.#options;
		if ((await this.#names()).length >= MAX_WAITING) {
			throw new CoreError('disk-full', `${MAX_WAITING} messages wait already until history can be reached.`, {
				hint: 'Try again later; whoever runs this server sees in /readyz what is away.',
			});
		}
		this.#last = Math.max(this.#last + 1, spooled.message.at);
		const name = `${String(this.#last).padStart(15, '0')}-${randomUUID()}${SUFFIX}`;
		await writeFileDurably(join(folder, name), seal.seal(name, JSON.stringify(spooled, bytesAsBase64)));
	}

	async drain(take: (spooled: SpooledMessage) => Promise<void>): Promise<number> {
		const { folder, seal, log } = this.#options;
		let taken = 0;
		for (const name of (await this.#names()).toSorted()) {
			const sealed = (await readFileIfThere(join(folder, name)))?.toString('utf8');
			if (sealed === undefined) continue;
			const text = seal.open(name, sealed);
			if (text === undefined) {
				log.error('kept message cannot be opened: sealed with another key', { folder, name });
				continue;
			}
			await take(JSON.parse(text, base64AsBytes) as SpooledMessage);
			await rm(join(folder, name), { force: true });
			taken++;
		}
		return taken;
	}

	async #names(): Promise<string[]> {
		try {
			return (await readdir(this.#options.folder)).filter((name) => name.endsWith(SUFFIX));
		} catch (error) {
			if (hasCode(error, 'ENOENT')) return [];
			throw translateFileError(error, `read ${this.#options.folder}`);
		}
	}
}

function bytesAsBase64(this: unknown, key: string, value: unknown): unknown {
	const raw = (this as Record<string, unknown>)[key];
	return raw instanceof Uint8Array ? { base64: Buffer.from(raw).toString('base64') } : value;
}

function base64AsBytes(key: string, value: unknown): unknown {
	if (key !== 'content' || typeof value !== 'object' || value === null || !('base64' in value)) return value;
	return new Uint8Array(Buffer.from(String(value.base64), 'base64'));
}
