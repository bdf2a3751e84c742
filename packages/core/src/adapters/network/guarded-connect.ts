import { buildConnector } from 'undici';
import { CONNECT_TIMEOUT_MS, type GuardedDialOptions, guardedDial } from './guarded-dial.ts';

/** GuardedConnectOptions are what the dialer needs to know; `ca` adds a certificate authority, in PEM form. */
export interface GuardedConnectOptions extends GuardedDialOptions {
	readonly ca?: string | undefined;
}

/**
 * guardedConnect is an undici connector that dials only public addresses. The socket is dialled here and handed to undici
 * for TLS, because undici and `https.request` silently ignore `blockList` for HTTPS.
 */
export function guardedConnect(options: GuardedConnectOptions): buildConnector.connector {
	const open = guardedDial(options);
	const timeout = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
	const upgrade = buildConnector({ allowH2: false, timeout, ...(options.ca && { ca: options.ca }) });

	return (request, callback) => {
		const url = new URL(`${request.protocol}//${request.host ?? request.hostname}`);
		const port = Number(request.port) || (request.protocol === 'https:' ? 443 : 80);
		open(url, port).then(
			(socket) => {
				if (request.protocol !== 'https:') return callback(null, socket);
				upgrade({ ...request, httpSocket: socket }, callback);
			},
			(error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
		);
	};
}
