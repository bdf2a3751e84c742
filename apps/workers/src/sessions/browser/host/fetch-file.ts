import { CoreError } from '@errand/core/domain/errors.ts';
import type { BrowserContext, CDPSession } from 'playwright-core';

/** FetchedFile is a file as the browser itself fetched it, with the cookies of its context. */
export interface FetchedFile {
	readonly name: string;
	readonly type: string;
	readonly content: Uint8Array;
}

/** FetchFileOptions bound a fetch; `referrer` is the page that named the address. */
export interface FetchFileOptions {
	readonly url: string;
	readonly referrer: string;
	readonly maxBytes: number;
	readonly timeoutMs: number;
	readonly signal: AbortSignal;
}

/**
 * fetchFile fetches an address as a context would open it, with its cookies and through its proxy, but takes the bytes
 * before the browser makes anything of them, piece by piece, so that what has no end does no harm. Throws `fetch-failed`,
 * `too-large` or `timed-out`.
 */
export async function fetchFile(context: BrowserContext, options: FetchFileOptions): Promise<FetchedFile> {
	const page = await context.newPage();
	const { promise: stopped, reject } = Promise.withResolvers<never>();
	// It may come before anybody waits for it, and a rejection that nobody hears ends the host.
	stopped.catch(() => undefined);
	const stop = () => reject(tookTooLong(options.timeoutMs));
	const timer = setTimeout(stop, options.timeoutMs);
	options.signal.addEventListener('abort', stop, { once: true });
	if (options.signal.aborted) stop();
	try {
		return await Promise.race([take(await context.newCDPSession(page), options), stopped]);
	} finally {
		clearTimeout(timer);
		options.signal.removeEventListener('abort', stop);
		await page.close().catch(() => undefined);
	}
}

async function take(session: CDPSession, { url, referrer, maxBytes }: FetchFileOptions): Promise<FetchedFile> {
	const { promise: answered, resolve, reject } = Promise.withResolvers<Answer>();
	session.on('Fetch.requestPaused', ({ requestId, responseStatusCode, responseHeaders, responseErrorReason }) => {
		const headers = new Map(responseHeaders?.map(({ name, value }) => [name.toLowerCase(), value]));
		if (responseStatusCode !== undefined && REDIRECTS.has(responseStatusCode) && headers.has('location')) {
			session.send('Fetch.continueRequest', { requestId }).catch(() => undefined);
		} else resolve({ requestId, headers, seen: responseErrorReason ?? `status ${responseStatusCode}` });
	});
	await session.send('Fetch.enable', { patterns: [{ urlPattern: '*', requestStage: 'Response' }] });
	session
		.send('Page.navigate', { url, referrer, referrerPolicy: 'strictOriginWhenCrossOrigin' })
		.then(({ errorText }) => errorText !== undefined && reject(notFetched(url, errorText)), reject);
	const { requestId, headers, seen } = await answered;
	if (!/^status 2/.test(seen)) throw notFetched(url, seen);
	const { stream } = await session.send('Fetch.takeResponseBodyAsStream', { requestId });
	return {
		content: await readStream(session, stream, maxBytes),
		name: fileName(headers.get('content-disposition') ?? '', url),
		type: (headers.get('content-type') ?? 'application/octet-stream').split(';', 1)[0]?.trim() ?? '',
	};
}

interface Answer {
	readonly requestId: string;
	readonly headers: ReadonlyMap<string, string>;
	/** Status or error, in words. */
	readonly seen: string;
}

async function readStream(session: CDPSession, handle: string, maxBytes: number): Promise<Uint8Array> {
	const pieces: Buffer[] = [];
	let bytes = 0;
	try {
		for (;;) {
			const { data, base64Encoded, eof } = await session.send('IO.read', { handle, size: PIECE_BYTES });
			const piece = Buffer.from(data, base64Encoded === true ? 'base64' : 'utf8');
			bytes += piece.byteLength;
			if (bytes > maxBytes) throw tooLarge(maxBytes);
			pieces.push(piece);
			if (eof) return Buffer.concat(pieces);
		}
	} finally {
		await session.send('IO.close', { handle }).catch(() => undefined);
	}
}

function notFetched(url: string, seen: string): CoreError {
	return new CoreError('fetch-failed', `Cannot download ${url.slice(0, 200)}: ${seen}.`, {
		hint: 'Check the address, and whether the page has to be opened or logged in to first.',
	});
}

/** tookTooLong says that a download had no end in time. */
export function tookTooLong(timeoutMs: number): CoreError {
	return new CoreError('timed-out', `The download was not complete after ${Math.ceil(timeoutMs / 1_000)} s.`, {
		hint: 'Give the step more time, or attach the file yourself.',
	});
}

/** tooLarge refuses a file beyond the bound. */
export function tooLarge(maxBytes: number): CoreError {
	return new CoreError('too-large', `The download is larger than ${Math.round(maxBytes / 1_000_000)} MB.`, {
		hint: 'Download it in a browser of your own and attach the part that is needed.',
	});
}

/** The name a server gives (RFC 6266), else the last part of the address. */
export function fileName(disposition: string, url: string): string {
	const extended = /filename\*\s*=\s*utf-8''([^;]+)/i.exec(disposition)?.[1];
	const plain = /filename\s*=\s*(?:"([^"]*)"|([^;]+))/i.exec(disposition);
	const given = decoded(extended?.trim()) ?? plain?.[1] ?? plain?.[2]?.trim();
	const last = URL.canParse(url) ? new URL(url).pathname.split('/').findLast((part) => part !== '') : undefined;
	return given || decoded(last) || 'download';
}

function decoded(text: string | undefined): string | undefined {
	if (text === undefined) return undefined;
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const PIECE_BYTES = 1024 * 1024;
