import { fetchFailure } from '@errand/core/adapters/network/fetch-failure.ts';
import { CoreError, type ErrorCode } from '@errand/core/domain/errors.ts';
import { readRetryAfter } from '@errand/core/domain/retry-after.ts';
import type { RunContext } from '@errand/core/ports/capability.ts';

/** DownloadLimits bound one download; bytes are counted after decompression. */
export interface DownloadLimits {
	readonly maxBytes: number;
	readonly maxMs: number;
}

/** Downloaded is a whole body and what its response said of it. */
export interface Downloaded {
	readonly content: Uint8Array;
	readonly contentType: string | undefined;
	/** The address after redirects. */
	readonly url: URL;
	readonly name: string;
}

/**
 * download reads a web address whole, within limits. Throws `not-found`, `forbidden`, `not-possible`, `too-large`, `timed-out`,
 * or `fetch-failed` with `retryAfterMs` where the server asks for patience; on abort the reason of the signal.
 */
export async function download(
	address: string,
	context: Pick<RunContext, 'fetch' | 'signal' | 'progress'>,
	limits: DownloadLimits,
): Promise<Downloaded> {
	const late = AbortSignal.timeout(limits.maxMs);
	const stop = AbortSignal.any([context.signal, late]);
	const response = await unlessStopped(
		context.fetch(address, { headers: HEADERS, redirect: 'follow', signal: stop }),
		stop,
	).catch((error: unknown) => {
		context.signal.throwIfAborted();
		throw late.aborted ? noAnswer(address, limits.maxMs) : error;
	});
	const url = new URL(response.url || address);
	if (!response.ok) {
		await response.body?.cancel();
		throw statusFailure(url, response);
	}
	const announced = response.headers.has('content-encoding') ? 0 : Number(response.headers.get('content-length') ?? 0);
	if (announced > limits.maxBytes) {
		await response.body?.cancel();
		throw tooLarge(url, limits.maxBytes);
	}
	const content = await readBody(response, { url, limits, context, late, stop, announced });
	return { content, contentType: response.headers.get('content-type') ?? undefined, url, name: nameOf(response, url) };
}

// Browsers' own words, because some sites answer others with an error; the name stays honest.
const HEADERS = {
	'user-agent': 'Mozilla/5.0 (compatible; Errand/0.1; self-hosted assistant)',
	accept: 'text/html,application/xhtml+xml,application/pdf,application/json;q=0.9,application/xml;q=0.9,*/*;q=0.8',
	'accept-language': 'en,*;q=0.5',
};

interface Reading {
	readonly url: URL;
	readonly limits: DownloadLimits;
	readonly context: Pick<RunContext, 'signal' | 'progress'>;
	readonly late: AbortSignal;
	readonly stop: AbortSignal;
	readonly announced: number;
}

async function readBody(response: Response, reading: Reading): Promise<Uint8Array> {
	const { url, limits, context, late, stop, announced } = reading;
	const chunks: Uint8Array[] = [];
	let bytes = 0;
	let shownAt = Number.NEGATIVE_INFINITY;
	const reader = response.body?.getReader();
	const cancel = () => void reader?.cancel().catch(() => undefined);
	stop.addEventListener('abort', cancel, { once: true });
	try {
		while (reader !== undefined) {
			const { done, value } = await reader.read();
			stop.throwIfAborted();
			if (done) break;
			bytes += value.length;
			if (bytes > limits.maxBytes) throw tooLarge(url, limits.maxBytes);
			chunks.push(value);
			if (performance.now() - shownAt < 250) continue;
			shownAt = performance.now();
			const percent = announced > 0 ? { percent: Math.min(100, Math.round((100 * bytes) / announced)) } : {};
			context.progress({ ...percent, text: `Reading ${url.hostname}: ${Math.ceil(bytes / 1024)} KB` });
		}
		return Buffer.concat(chunks);
	} catch (error) {
		cancel();
		context.signal.throwIfAborted();
		if (late.aborted) throw bytes > 0 ? neverEnds(url, bytes, limits.maxMs) : noAnswer(url.href, limits.maxMs);
		throw fetchFailure(url, error);
	} finally {
		stop.removeEventListener('abort', cancel);
	}
}

async function unlessStopped<T>(work: Promise<T>, stop: AbortSignal): Promise<T> {
	const { promise, reject } = Promise.withResolvers<never>();
	const onAbort = () => reject(stop.reason);
	stop.addEventListener('abort', onAbort, { once: true });
	try {
		stop.throwIfAborted();
		return await Promise.race([work, promise]);
	} finally {
		stop.removeEventListener('abort', onAbort);
		work.catch(() => undefined);
	}
}

function statusFailure(url: URL, response: Response): CoreError {
	const { status } = response;
	const code = codeOf(status);
	const error = new CoreError(code, `Cannot read ${show(url)}: the site answered ${status}${WORDS[status] ?? ''}.`, {
		hint: HINTS[code] ?? '',
	});
	const wait = code === 'fetch-failed' ? readRetryAfter(response.headers.get('retry-after'), Date.now()) : undefined;
	return wait === undefined ? error : Object.assign(error, { retryAfterMs: wait });
}

function codeOf(status: number): 'not-found' | 'forbidden' | 'fetch-failed' | 'not-possible' {
	if (status === 404 || status === 410) return 'not-found';
	if (status === 401 || status === 402 || status === 403 || status === 451) return 'forbidden';
	if (status >= 500 || status === 429 || status === 408 || status === 425) return 'fetch-failed';
	return 'not-possible';
}

const WORDS: Readonly<Record<number, string>> = {
	401: ' (it wants a login)',
	403: ' (it does not let Errand in)',
	404: ' (no such page)',
	410: ' (the page is gone)',
	429: ' (too many requests)',
	451: ' (blocked for legal reasons)',
	500: ' (the site has an error)',
	502: ' (the site cannot be reached just now)',
	503: ' (the site is overloaded or down)',
	504: ' (the site did not answer in time)',
};

const HINTS: Readonly<Partial<Record<ErrorCode, string>>> = {
	'not-found': 'Check the address; the page may have moved.',
	forbidden: 'Open it in your own browser and give Errand the text or the file.',
	'fetch-failed': 'If it stays so, the site is down: try again later, or give another address.',
	'not-possible': 'Check the address in a browser.',
};

function nameOf(response: Response, url: URL): string {
	const given = /filename\*?=(?:UTF-8'')?"?([^";]{1,200})/i.exec(
		response.headers.get('content-disposition') ?? '',
	)?.[1];
	const last = given ?? url.pathname.split('/').findLast((part) => part !== '') ?? url.hostname;
	try {
		return decodeURIComponent(last).trim();
	} catch {
		return last;
	}
}

function tooLarge(url: URL, maxBytes: number): CoreError {
	const limit = maxBytes >= 1_000_000 ? `${Math.round(maxBytes / 1_000_000)} MB` : `${maxBytes} bytes`;
	return new CoreError('too-large', `Cannot read ${show(url)}: it is larger than ${limit} (unpacked).`, {
		hint: 'Give the address of a smaller page, or the part of the file that matters.',
	});
}

function neverEnds(url: URL, bytes: number, maxMs: number): CoreError {
	return new CoreError(
		'too-large',
		`Cannot read ${show(url)}: it was still sending after ${maxMs / 1000} s (${Math.ceil(bytes / 1024)} KB so far).`,
		{ hint: 'The page may never end, or the site is very slow; give another address.' },
	);
}

function noAnswer(address: string, maxMs: number): CoreError {
	return new CoreError('timed-out', `Cannot read ${address.slice(0, 200)}: no answer within ${maxMs / 1000} s.`, {
		hint: 'The site may be down or slow: try again later, or give another address.',
	});
}

function show(url: URL): string {
	return url.href.length > 200 ? `${url.href.slice(0, 200)}…` : url.href;
}
