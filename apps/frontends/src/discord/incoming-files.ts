import { setTimeout as wait } from 'node:timers/promises';
import { CoreError, isCoreError } from '@errand/core/domain/errors.ts';
import type { WaitingAttachment } from '@errand/core/ports/frontend.ts';
import type { APIAttachment } from 'discord.js';

/** Bounds on the files of one message. */
const FILE_BYTES = 15 * 1024 * 1024;
const MESSAGE_BYTES = 30 * 1024 * 1024;
const TIMEOUT_MS = 60_000;
const WAITS_MS = [500, 2_000];

const DISCORD_HOSTS: readonly string[] = ['cdn.discordapp.com', 'media.discordapp.net'];

/** IncomingFiles reads what people attach, from Discord's own servers only, and not before it is asked for. */
export class IncomingFiles {
	readonly #hosts: ReadonlySet<string>;

	/** A stand-in serves files from its own address. */
	constructor(api: string | undefined) {
		this.#hosts = new Set([...DISCORD_HOSTS, ...(api === undefined ? [] : [new URL(api).host])]);
	}

	/** Throws a CoreError for the sender when the files are too large; so do the files themselves when they can't be had. */
	waiting(attachments: readonly APIAttachment[]): WaitingAttachment[] {
		const total = attachments.reduce((sum, { size }) => sum + size, 0);
		const large = attachments.find(({ size }) => size > FILE_BYTES);
		if (large !== undefined || total > MESSAGE_BYTES) throw tooLarge(large?.filename);
		return attachments.map((attachment) => ({
			kind: 'waiting' as const,
			name: attachment.filename,
			type: attachment.content_type ?? 'application/octet-stream',
			read: () => this.#read(attachment),
		}));
	}

	async #read({ filename, url }: APIAttachment): Promise<Uint8Array> {
		for (const waitMs of WAITS_MS) {
			try {
				return await this.#fetch(url, filename);
			} catch (error) {
				if (isCoreError(error)) throw error;
				await wait(waitMs);
			}
		}
		return this.#fetch(url, filename).catch((error: unknown) => {
			throw isCoreError(error) ? error : unreadable(filename, error);
		});
	}

	async #fetch(address: string, filename: string): Promise<Uint8Array> {
		const url = URL.parse(address);
		if (url === null || !this.#hosts.has(url.host)) {
			throw unreadable(filename, new Error(`its address is not Discord's: ${url?.host ?? 'none'}`), 'address-refused');
		}
		const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
		if (!response.ok) {
			await response.body?.cancel();
			throw new Error(`status ${response.status}`);
		}
		const chunks: Uint8Array[] = [];
		let size = 0;
		for await (const chunk of response.body ?? []) {
			size += chunk.byteLength;
			if (size > FILE_BYTES) throw tooLarge(filename);
			chunks.push(chunk);
		}
		return Buffer.concat(chunks);
	}
}

function tooLarge(name: string | undefined): CoreError {
	const what = name === undefined ? 'The files of this message are' : `The file "${name}" is`;
	return new CoreError('too-large', `${what} too large, so I did not take the message.`, {
		hint: 'One file may hold 15 MB, all of a message 30 MB. Send less, or a link to it.',
	});
}

function unreadable(
	name: string,
	cause: unknown,
	code: 'fetch-failed' | 'address-refused' = 'fetch-failed',
): CoreError {
	return new CoreError(code, `The file "${name}" could not be read from Discord, so I did not take the message.`, {
		hint: 'Send the message again in a moment.',
		...(cause === undefined ? {} : { cause }),
	});
}
