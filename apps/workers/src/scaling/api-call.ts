import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { CoreError, describeError, isCoreError } from '@errand/core/domain/errors.ts';

/** ApiCall is one call of a platform's JSON interface. */
export interface ApiCall {
	readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	readonly url: URL;
	/** Unix socket to call over, where there is one. */
	readonly socketPath?: string | undefined;
	/** Certificates (PEM) to trust beside the usual ones. */
	readonly ca?: string | undefined;
	readonly headers?: Readonly<Record<string, string>> | undefined;
	readonly body?: unknown;
	readonly timeoutMs?: number | undefined;
	readonly signal?: AbortSignal | undefined;
}

/** ApiAnswer is what came back, whatever its status. */
export interface ApiAnswer {
	readonly status: number;
	readonly headers: IncomingMessage['headers'];
	readonly body: unknown;
}

/** Platform is who is called, in words for errors, and what helps where it cannot be reached. */
export interface Platform {
	readonly name: string;
	readonly reachHint: string;
	/** What helps with an answer of this status. */
	readonly statusHints: Readonly<Record<number, string>>;
}

const TIMEOUT_MS = 15_000;
const MAX_BYTES = 16 * 1024 * 1024;

/** callApi makes one call and parses the JSON that comes back. Rejects with CoreError when nothing does: `timed-out`, `fetch-failed`, `cancelled`. */
export async function callApi(platform: Platform, call: ApiCall): Promise<ApiAnswer> {
	const timeoutMs = call.timeoutMs ?? TIMEOUT_MS;
	const what = `${call.method} ${call.url.pathname}`;
	if (isOver(call)) throw cancelled(platform, what);
	try {
		return await send(call, AbortSignal.timeout(timeoutMs));
	} catch (error) {
		if (isCoreError(error)) throw error;
		if (isOver(call)) throw cancelled(platform, what);
		const late = error instanceof Error && error.name === 'TimeoutError';
		throw new CoreError(
			late ? 'timed-out' : 'fetch-failed',
			late
				? `${platform.name} did not answer ${what} within ${timeoutMs / 1_000} s.`
				: `${platform.name} could not be reached for ${what}: ${describeError(error)}.`,
			{ hint: platform.reachHint, cause: error },
		);
	}
}

/** expectStatus passes on an answer of one of these statuses; any other is thrown as a CoreError with what the platform said about it. */
export function expectStatus(
	platform: Platform,
	what: string,
	answer: ApiAnswer,
	...expected: readonly number[]
): ApiAnswer {
	if (expected.includes(answer.status)) return answer;
	const { status } = answer;
	const hint =
		platform.statusHints[status] ??
		(status >= 500
			? `${platform.name} has trouble of its own; it is asked again by itself.`
			: `Look at what ${platform.name} says about it, and at ERRAND_SCALING.`);
	throw new CoreError(
		'fetch-failed',
		`${platform.name} refused to ${what}: ${status} ${wordsOf(answer.body)}`.trimEnd(),
		{
			hint,
		},
	);
}

function isOver({ signal }: ApiCall): boolean {
	return signal?.aborted === true;
}

function send(call: ApiCall, timeout: AbortSignal): Promise<ApiAnswer> {
	const { method, url, socketPath, ca, body } = call;
	const text = body === undefined ? undefined : JSON.stringify(body);
	const headers = {
		Accept: 'application/json',
		...(text === undefined
			? {}
			: { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) }),
		...call.headers,
	};
	const signal = call.signal === undefined ? timeout : AbortSignal.any([timeout, call.signal]);
	const open = url.protocol === 'https:' ? httpsRequest : httpRequest;
	return new Promise((resolve, reject) => {
		const request = open(
			url,
			{
				...{ method, headers, signal },
				...(socketPath === undefined ? {} : { socketPath }),
				...(ca === undefined ? {} : { ca }),
			},
			(response) => {
				read(response).then(
					(answer) => resolve(answer),
					(error: unknown) => reject(reasonOf(signal, error)),
				);
			},
		);
		request.on('error', (error) => reject(reasonOf(signal, error)));
		request.end(text);
	});
}

/** An aborted request says only that it was; the signal knows why. */
function reasonOf(signal: AbortSignal, error: unknown): unknown {
	return signal.aborted ? signal.reason : error;
}

async function read(response: IncomingMessage): Promise<ApiAnswer> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of response as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes > MAX_BYTES) throw new RangeError(`the answer is larger than ${MAX_BYTES} bytes`);
		chunks.push(chunk);
	}
	const text = Buffer.concat(chunks).toString('utf8');
	return { status: response.statusCode ?? 0, headers: response.headers, body: parsed(text) };
}

/** What is no JSON (a proxy's page, an empty body) stays text. */
function parsed(text: string): unknown {
	if (text === '') return undefined;
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

function wordsOf(body: unknown): string {
	if (typeof body === 'string') return body.trim().slice(0, 300);
	if (typeof body !== 'object' || body === null) return '';
	const { message, error } = body as { message?: unknown; error?: unknown };
	const words = [message, error].find((each) => typeof each === 'string');
	return typeof words === 'string' ? words.slice(0, 300) : '';
}

function cancelled(platform: Platform, what: string): CoreError {
	return new CoreError('cancelled', `${platform.name} was not asked for ${what}: another process scales now.`, {
		hint: 'Nothing has to be done.',
	});
}
