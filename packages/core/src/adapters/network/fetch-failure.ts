import { CoreError, describeError, isCoreError } from '../../domain/errors.ts';
import { showUrl } from './checked-url.ts';

/**
 * fetchFailure turns what undici and Node throw while fetching or reading a body into a `fetch-failed` that a person can
 * read. A refusal by the guard comes out as itself, an abort as the reason of the signal.
 */
export function fetchFailure(url: URL, error: unknown, signal?: AbortSignal): unknown {
	if (signal?.aborted) return signal.reason;
	const causes = [...causesOf(error)];
	const own = causes.find((cause) => isCoreError(cause));
	if (own !== undefined) return own;
	const code = causes.map(codeOf).find((found) => found !== undefined);
	const why = (code !== undefined && explain(code, url.hostname)) || describeError(causes.at(-1) ?? error);
	return new CoreError('fetch-failed', `Cannot fetch ${showUrl(url)}: ${why}.`, {
		hint: 'Check the address and whether the site works in a browser; if it is down, try again later.',
		cause: error,
	});
}

function* causesOf(error: unknown): Generator<unknown> {
	for (let next: unknown = error, depth = 0; next !== undefined && depth < 8; depth += 1) {
		yield next;
		if (next instanceof AggregateError && next.errors.length > 0) next = next.errors[0];
		else next = next instanceof Error ? next.cause : undefined;
	}
}

function codeOf(error: unknown): string | undefined {
	if (error instanceof Error && error.name === 'HTTPParserError') return 'HPE_INVALID';
	const code = error instanceof Error && 'code' in error ? error.code : undefined;
	return typeof code === 'string' && code !== '' ? code : undefined;
}

function explain(code: string, host: string): string | undefined {
	if (code.startsWith('HPE_')) return `${host} did not answer in HTTP`;
	if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code)) return `the certificate of ${host} is not trusted (${code})`;
	if (/SSL|TLS|EPROTO/.test(code)) return `no secure connection to ${host} could be made (${code})`;
	if (code.startsWith('Z_') || code.startsWith('ERR_BROTLI') || code.startsWith('ERR__ERROR')) {
		return `the compressed content sent by ${host} is broken`;
	}
	return REASONS[code]?.(host);
}

const REASONS: Readonly<Record<string, (host: string) => string>> = {
	ENOTFOUND: (host) => `the name ${host} was not found`,
	EAI_AGAIN: (host) => `the name ${host} could not be looked up just now`,
	ECONNREFUSED: (host) => `${host} refused the connection`,
	ECONNRESET: (host) => `${host} broke off the connection`,
	EPIPE: (host) => `${host} broke off the connection`,
	UND_ERR_SOCKET: (host) => `${host} broke off the connection`,
	UND_ERR_RES_CONTENT_LENGTH_MISMATCH: (host) => `${host} sent less than it announced`,
	EHOSTUNREACH: (host) => `${host} cannot be reached`,
	ENETUNREACH: (host) => `${host} cannot be reached`,
	ETIMEDOUT: (host) => `${host} did not answer in time`,
	UND_ERR_CONNECT_TIMEOUT: (host) => `${host} did not take the connection in time`,
	UND_ERR_HEADERS_TIMEOUT: (host) => `${host} took the request but did not answer in time`,
	UND_ERR_BODY_TIMEOUT: (host) => `${host} stopped sending in the middle`,
	UND_ERR_HEADERS_OVERFLOW: (host) => `${host} sent too many headers`,
};
