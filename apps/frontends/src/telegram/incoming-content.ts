import { CoreError } from '@errand/core/domain/errors.ts';
import type { Api } from 'grammy';
import { GrammyError } from 'grammy';
import { networkCode } from './delivery-failure.ts';
import type { IncomingFile } from './incoming-files.ts';

/** What Telegram's own server lets a bot fetch, bytes. */
const MAX_DOWNLOAD = 20 * 1024 * 1024;
const DOWNLOAD_MS = 120_000;
/** How many files are read at once; each may hold its whole size in memory. */
const AT_ONCE = 4;

/** FileReader fetches files that people send. Its errors say whether trying again can help: `internal` can, the rest cannot. */
export class FileReader {
	readonly #api: Pick<Api, 'getFile'>;
	readonly #root: string;
	readonly #waiting: (() => void)[] = [];
	#reading = 0;

	/** `root` is where files are fetched from, with the token: `<api root>/file/bot<token>`. */
	constructor(api: Pick<Api, 'getFile'>, root: string) {
		this.#api = api;
		this.#root = root;
	}

	async read(file: IncomingFile): Promise<Uint8Array> {
		if ((file.bytes ?? 0) > MAX_DOWNLOAD) throw tooLarge(file);
		while (this.#reading >= AT_ONCE) await new Promise<void>((resume) => this.#waiting.push(resume));
		this.#reading++;
		try {
			return await this.#fetch(file, await this.#pathOf(file));
		} finally {
			this.#reading--;
			this.#waiting.shift()?.();
		}
	}

	async #pathOf(file: IncomingFile): Promise<string> {
		try {
			const { file_path: path } = await this.#api.getFile(file.id);
			if (path !== undefined && !path.startsWith('/')) return path;
		} catch (error) {
			if (!(error instanceof GrammyError) || error.error_code >= 429) throw unreachable(file, error);
			if (/file is too big/i.test(error.description)) throw tooLarge(file);
			throw gone(file, error.description);
		}
		throw gone(file, 'the Bot API server keeps it on its own disk; start that server without --local');
	}

	async #fetch(file: IncomingFile, path: string): Promise<Uint8Array> {
		const address = `${this.#root}/${path.split('/').map(encodeURIComponent).join('/')}`;
		let answer: Response;
		try {
			answer = await fetch(address, { signal: AbortSignal.timeout(DOWNLOAD_MS), redirect: 'error' });
		} catch (error) {
			throw unreachable(file, error);
		}
		if (answer.status >= 429) throw unreachable(file, new Error(String(answer.status)));
		if (!answer.ok) throw gone(file, `status ${answer.status}`);
		return bounded(file, answer);
	}
}

async function bounded(file: IncomingFile, { body }: Response): Promise<Uint8Array> {
	const pieces: Uint8Array[] = [];
	let bytes = 0;
	try {
		for await (const piece of body ?? []) {
			bytes += piece.byteLength;
			if (bytes > MAX_DOWNLOAD) throw tooLarge(file);
			pieces.push(piece);
		}
	} catch (error) {
		throw error instanceof CoreError ? error : unreachable(file, error);
	}
	return Buffer.concat(pieces);
}

function tooLarge({ name, bytes }: IncomingFile): CoreError {
	const size = bytes === undefined ? 'more than 20 MB' : `${Math.ceil(bytes / 1024 / 1024)} MB`;
	return new CoreError('too-large', `The file "${name}" has ${size}; Telegram lets bots read files of up to 20 MB.`, {
		hint: 'Send a smaller file, or a link to it.',
	});
}

function gone({ name }: IncomingFile, why: string): CoreError {
	return new CoreError('fetch-failed', `The file "${name}" could not be read from Telegram: ${why}.`, {
		hint: 'Send it again.',
	});
}

// Neither the cause nor its message is kept: both may hold the address, and the address holds the token.
function unreachable({ name }: IncomingFile, error: unknown): CoreError {
	const why = error instanceof GrammyError ? `${error.error_code} ${error.description}` : networkCode(error);
	return new CoreError('internal', `The file "${name}" could not be read from Telegram (${why}).`, {
		hint: 'It is tried again; send it once more if no answer comes.',
	});
}
