import { createGuardedFetch, type GuardedFetch } from '@errand/core/adapters/network/guarded-fetch.ts';
import { CoreError, describeError } from '@errand/core/domain/errors.ts';
import type { WaitingAttachment } from '@errand/core/ports/frontend.ts';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { InboundSms } from './inbound-sms.ts';
import type { TwilioAccount } from './variables.ts';

/** SmsFiles are the files that came along with a text, and which of them could not be had. */
export interface SmsFiles {
	/** Those that were not given up; reading the first one fetches them all. */
	left(): readonly WaitingAttachment[];
	/** How many were given up so far; once reading began, this waits until it is known of each. */
	missing(): Promise<number>;
}

const MAX_FILES = 10;
const MAX_FILE_BYTES = 5 * 1024 * 1024;
// Twilio waits 15 seconds for the answer to its webhook.
const DEADLINE_MS = 8_000;
const TRIES = 2;

/** MediaFetcher reads what was sent along with a text. The account's credentials are shown to Twilio's API and to nobody else. */
export class MediaFetcher {
	readonly #account: TwilioAccount;
	readonly #fetch: GuardedFetch;
	readonly #log: ILogger;

	constructor(account: TwilioAccount, log: ILogger) {
		const { hostname, port, protocol } = new URL(account.apiUrl);
		this.#account = account;
		this.#fetch = createGuardedFetch({
			allowPrivateHosts: [`${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`],
		});
		this.#log = log;
	}

	/** Nothing is fetched before a file is read, so that strangers cannot make the server work. */
	filesOf({ media, messageSid }: InboundSms): SmsFiles {
		const taken = media.slice(0, MAX_FILES);
		const givenUp = new Set<number>();
		let reading: readonly Promise<Uint8Array>[] | undefined;
		const readAll = () => {
			const signal = AbortSignal.timeout(DEADLINE_MS);
			reading ??= taken.map(async ({ url }, index) => {
				try {
					return await this.#read(url, signal);
				} catch (error) {
					givenUp.add(index);
					this.#log.warn('sms media not fetched', { messageSid, index, error: describeError(error) });
					throw notFetched(index, error);
				}
			});
			// Whoever reads a file hears of its failure; the others' must not go unheard.
			for (const file of reading) file.catch(() => undefined);
			return reading;
		};
		const attachments = taken.map(({ type }, index): WaitingAttachment => {
			const read = async () => (await readAll()[index]) ?? new Uint8Array();
			return { kind: 'waiting', name: fileName(type, index), type, read };
		});
		return {
			left: () => attachments.filter((_, index) => !givenUp.has(index)),
			missing: async () => {
				await Promise.allSettled(reading ?? []);
				return media.length - taken.length + givenUp.size;
			},
		};
	}

	async #read(url: string, signal: AbortSignal): Promise<Uint8Array> {
		for (let tries = 1; ; tries += 1) {
			try {
				const response = await this.#open(url, signal);
				if (response.ok) return await bounded(response);
				await response.body?.cancel();
				throw new Error(`the answer was ${response.status}`);
			} catch (error) {
				if (tries === TRIES || signal.aborted || error instanceof TooLarge) throw error;
			}
		}
	}

	/** The API redirects to a store of files, which must not see the credentials even under the same name. */
	async #open(url: string, signal: AbortSignal): Promise<Response> {
		if (!this.#isOfApi(url)) throw new Error('it is not at Twilio’s API');
		const { accountSid, authToken } = this.#account;
		const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
		const response = await this.#fetch(url, { redirect: 'manual', headers: { authorization }, signal });
		const target = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null;
		if (target === null) return response;
		await response.body?.cancel();
		return this.#fetch(new URL(target, url).href, { signal });
	}

	#isOfApi(url: string): boolean {
		if (!URL.canParse(url)) return false;
		const { origin, protocol, hostname } = new URL(url);
		if (origin === new URL(this.#account.apiUrl).origin) return true;
		return protocol === 'https:' && /^api(?:\.[a-z0-9-]+){0,2}\.twilio\.com$/.test(hostname);
	}
}

class TooLarge extends Error {}

function notFetched(index: number, cause: unknown): CoreError {
	return new CoreError('fetch-failed', `File ${index + 1} of the text could not be fetched.`, {
		hint: 'Send it again; at most 10 files of 5 MB each are taken.',
		cause,
	});
}

async function bounded(response: Response): Promise<Uint8Array> {
	const parts: Uint8Array[] = [];
	let bytes = 0;
	for await (const part of response.body ?? []) {
		bytes += part.length;
		if (bytes > MAX_FILE_BYTES) throw new TooLarge(`it is larger than ${MAX_FILE_BYTES} bytes`);
		parts.push(part);
	}
	return Buffer.concat(parts);
}

const EXTENSIONS: Readonly<Record<string, string>> = {
	'image/jpeg': 'jpg',
	'image/png': 'png',
	'image/gif': 'gif',
	'image/webp': 'webp',
	'image/heic': 'heic',
	'video/mp4': 'mp4',
	'video/3gpp': '3gp',
	'audio/amr': 'amr',
	'audio/mpeg': 'mp3',
	'audio/mp4': 'm4a',
	'application/pdf': 'pdf',
	'text/plain': 'txt',
	'text/csv': 'csv',
	'text/vcard': 'vcf',
	'text/x-vcard': 'vcf',
};

function fileName(type: string, index: number): string {
	const essence = (type.split(';')[0] ?? '').trim().toLowerCase();
	const what = essence.startsWith('image/') ? 'picture' : 'file';
	return `${what}-${index + 1}.${EXTENSIONS[essence] ?? 'bin'}`;
}
