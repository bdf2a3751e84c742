import { createGuardedFetch } from '@errand/core/adapters/network/guarded-fetch.ts';

/** BoundedFetchOptions say where the server stands, which the operator chose, and what else of this network may be reached. */
export interface BoundedFetchOptions {
	readonly url: string;
	readonly allowPrivateHosts: readonly string[];
	/** An answer was cut off. */
	readonly onTooLarge: () => void;
}

/**
 * boundedFetch is the guarded fetch as the client of the protocol needs it: answers of bounded size (each event of a stream for
 * itself), and streams that may be silent for long.
 */
export function boundedFetch({ url, allowPrivateHosts, onTooLarge }: BoundedFetchOptions) {
	const fetch = createGuardedFetch({
		allowPrivateHosts: [...allowPrivateHosts, hostPort(new URL(url))],
		headersTimeoutMs: SILENCE_MS,
		bodyTimeoutMs: SILENCE_MS,
	});
	return async (address: string | URL, init: RequestInit = {}): Promise<Response> => {
		const { method, headers, body, signal } = init;
		const response = await fetch(String(address), {
			...(method !== undefined && { method }),
			headers: Object.fromEntries(new Headers(headers)),
			...(typeof body === 'string' && { body }),
			...(signal && { signal }),
			// Whether one is followed is for the client to say.
			redirect: 'manual',
		});
		const { status, statusText } = response;
		if (response.body === null || EMPTY.has(status)) return response;
		const isStream = response.headers.get('content-type')?.includes('text/event-stream') ?? false;
		const limited = response.body.pipeThrough(limit(isStream, onTooLarge));
		return new Response(limited, { status, statusText, headers: Object.fromEntries(response.headers) });
	};
}

const MAX_BYTES = 10 * 1024 * 1024;
/** Calls have a time limit of their own. */
const SILENCE_MS = 3_600_000;
const EMPTY: ReadonlySet<number> = new Set([101, 204, 205, 304]);
const LF = 10;
const CR = 13;

/** Lets so many bytes through, of a stream of events so many between two blank lines. */
function limit(isStream: boolean, onTooLarge: () => void): TransformStream<Uint8Array, Uint8Array> {
	let held = 0;
	let last = 0;
	return new TransformStream({
		transform(chunk, controller) {
			if (!isStream) held += chunk.length;
			else {
				for (const byte of chunk) {
					if (byte === CR) continue;
					held = byte === LF && last === LF ? 0 : held + 1;
					last = byte;
				}
			}
			if (held <= MAX_BYTES) return controller.enqueue(chunk);
			controller.error(new TypeError(`It sent more than ${MAX_BYTES / 1024 / 1024} MB.`));
			onTooLarge();
		},
	});
}

function hostPort(url: URL): string {
	return `${url.hostname}:${url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port}`;
}
