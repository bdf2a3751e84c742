import { Agent, fetch, type Response as UndiciResponse } from 'undici';
import { CoreError } from '../../domain/errors.ts';
import { allowedHosts, checkedUrl, showUrl } from './checked-url.ts';
import { fetchFailure } from './fetch-failure.ts';
import { guardedConnect } from './guarded-connect.ts';
import type { Dial, Resolve } from './guarded-dial.ts';

/** GuardedFetchInit is the part of fetch's options that reading needs; with `follow` at most five redirects are followed. */
export interface GuardedFetchInit {
	readonly method?: string;
	readonly headers?: Record<string, string>;
	readonly body?: string | Uint8Array<ArrayBuffer>;
	readonly redirect?: 'manual' | 'follow';
	readonly signal?: AbortSignal;
}

/** GuardedFetch fetches public addresses only. Throws CoreError `address-refused`, `fetch-failed`, `invalid-input` or `not-possible`. */
export type GuardedFetch = (url: string, init?: GuardedFetchInit) => Promise<Response>;

/** GuardedFetchOptions say which private `host:port` may be reached; the rest is for name service, sockets, certificates and time limits other than the usual. */
export interface GuardedFetchOptions {
	readonly allowPrivateHosts: readonly string[];
	readonly resolve?: Resolve;
	readonly dial?: Dial;
	readonly ca?: string;
	readonly connectTimeoutMs?: number;
	readonly headersTimeoutMs?: number;
	readonly bodyTimeoutMs?: number;
}

const MAX_REDIRECTS = 5;

/**
 * createGuardedFetch makes the one way out for addresses that a person, page or plan supplied. Every hop of a redirect is
 * checked as an address of its own, and again at connect time, after DNS.
 */
export function createGuardedFetch(options: GuardedFetchOptions): GuardedFetch {
	const allowed = allowedHosts(options.allowPrivateHosts);
	const connect = guardedConnect({
		allowed,
		resolve: options.resolve,
		dial: options.dial,
		ca: options.ca,
		connectTimeoutMs: options.connectTimeoutMs,
	});
	// Idle sockets are closed soon, so that a child process which is done can end.
	const dispatcher = new Agent({
		connect,
		headersTimeout: options.headersTimeoutMs ?? 15_000,
		bodyTimeout: options.bodyTimeoutMs ?? 15_000,
		keepAliveTimeout: 1_000,
		keepAliveMaxTimeout: 1_000,
	});

	return async (address, init = {}) => {
		const { redirect = 'follow', signal, ...first } = init;
		let request: Omit<GuardedFetchInit, 'redirect' | 'signal'> = first;
		let url = checkedUrl(address, allowed);
		for (let hops = 0; ; hops += 1) {
			const response = await send(url, request, signal);
			const target = REDIRECTS.has(response.status) ? response.headers.get('location') : null;
			if (redirect === 'manual' || target === null) return response;
			await response.body?.cancel();
			if (hops === MAX_REDIRECTS) throw tooManyRedirects(address);
			const next = checkedUrl(URL.canParse(target, url.href) ? new URL(target, url).href : target, allowed);
			request = afterRedirect(request, response.status, next.origin === url.origin);
			url = next;
		}
	};

	async function send(url: URL, init: GuardedFetchInit, signal: AbortSignal | undefined): Promise<Response> {
		try {
			const response: UndiciResponse = await fetch(url.href, {
				...init,
				dispatcher,
				redirect: 'manual',
				...(signal && { signal }),
			});
			// The package's Response and the platform's are two declarations of one standard class.
			return response as unknown as Response;
		} catch (error) {
			throw fetchFailure(url, error, signal);
		}
	}
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const PRIVATE_HEADERS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization', 'host']);

/** The rules of the fetch standard: 303, and 301 or 302 after a POST, become a GET; credentials stay with their origin. */
function afterRedirect(init: GuardedFetchInit, status: number, sameOrigin: boolean): GuardedFetchInit {
	const method = init.method?.toUpperCase() ?? 'GET';
	const toGet = (status === 303 && method !== 'HEAD') || (status <= 302 && method === 'POST');
	const { body, headers = {}, ...rest } = init;
	const kept = Object.entries(headers).filter(
		([name]) =>
			(sameOrigin || !PRIVATE_HEADERS.has(name.toLowerCase())) && !(toGet && name.toLowerCase().startsWith('content-')),
	);
	return {
		...rest,
		method: toGet ? 'GET' : method,
		headers: Object.fromEntries(kept),
		...(body !== undefined && !toGet && { body }),
	};
}

function tooManyRedirects(address: string): CoreError {
	return new CoreError(
		'not-possible',
		`Cannot fetch ${showUrl(new URL(address))}: it redirects more than ${MAX_REDIRECTS} times.`,
		{ hint: 'The site sends readers in a circle; give the address of the page it should end at.' },
	);
}
