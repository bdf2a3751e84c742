import { CoreError, describeError, type ErrorCode } from '../../domain/errors.ts';

/** JsonAnswer is what a search service answered; `json` is undefined where the body is none. */
export interface JsonAnswer {
	readonly status: number;
	readonly headers: Headers;
	readonly json: unknown;
}

/** JsonRequest is one GET to a search service; `service` is what errors call it. */
export interface JsonRequest {
	readonly service: string;
	readonly url: URL;
	readonly headers?: Readonly<Record<string, string>>;
	readonly timeoutMs: number;
	readonly signal: AbortSignal;
}

/** Far more than twenty hits take. */
const MAX_BYTES = 4_000_000;

/**
 * requestJson asks a service that the operator configured. It rejects with `fetch-failed` when no whole answer comes in time,
 * and with the reason of the signal on abort; what the status means is left to the caller.
 */
export async function requestJson({ service, url, headers, timeoutMs, signal }: JsonRequest): Promise<JsonAnswer> {
	const late = AbortSignal.timeout(timeoutMs);
	try {
		const response = await fetch(url, {
			headers: { accept: 'application/json', ...headers },
			// A key must not travel on to wherever a redirect leads.
			redirect: 'manual',
			signal: AbortSignal.any([signal, late]),
		});
		const text = await readText(response, service);
		return { status: response.status, headers: response.headers, json: parse(text) };
	} catch (error) {
		signal.throwIfAborted();
		if (error instanceof CoreError) throw error;
		const why = late.aborted ? `no answer within ${timeoutMs / 1_000} s` : reasonOf(error);
		throw searchError('fetch-failed', `${service} at ${url.host} could not be asked: ${why}.`, {
			hint: 'Errand tries again by itself; if it stays so, check that the service is up and its address right.',
			cause: error,
		});
	}
}

/** searchError makes an error of a search service, with the wait it asked for. */
export function searchError(
	code: ErrorCode,
	message: string,
	options: { hint: string; cause?: unknown; retryAfterMs?: number | undefined },
): CoreError {
	const { retryAfterMs, ...rest } = options;
	const error = new CoreError(code, message, rest);
	return retryAfterMs === undefined ? error : Object.assign(error, { retryAfterMs });
}

async function readText(response: Response, service: string): Promise<string> {
	const chunks: Uint8Array[] = [];
	let bytes = 0;
	for await (const chunk of response.body ?? []) {
		bytes += chunk.length;
		if (bytes > MAX_BYTES) {
			throw searchError('fetch-failed', `${service} sent more than ${MAX_BYTES / 1_000_000} MB for one search.`, {
				hint: 'Check that its address leads to the search service and not to something else.',
			});
		}
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** fetch says only "fetch failed"; what failed is its cause. */
function reasonOf(error: unknown): string {
	const cause = error instanceof Error ? error.cause : undefined;
	const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
	const words = cause instanceof AggregateError ? '' : describeError(cause ?? error);
	return [code, words].filter((part) => part !== '').join(': ') || 'the connection failed';
}
