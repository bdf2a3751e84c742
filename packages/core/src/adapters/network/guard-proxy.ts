import { randomBytes } from 'node:crypto';
import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { CoreError, isCoreError } from '../../domain/errors.ts';
import { allowedHosts, checkedUrl } from './checked-url.ts';
import { fetchFailure } from './fetch-failure.ts';
import { type Dial, guardedDial, type Resolve } from './guarded-dial.ts';
import { onwardHeaders, userOf, withHost } from './proxy-headers.ts';

/** ProxyRefusal is a request that did not get through: refused by the guard, or its server could not be reached. */
export interface ProxyRefusal {
	/** The user name the request came with: whoever was given it. */
	readonly user: string;
	readonly url: URL;
	readonly error: CoreError;
}

/** GuardProxyOptions say which private `host:port` may be reached and who hears of refusals; the rest is for tests. */
export interface GuardProxyOptions {
	readonly allowPrivateHosts: readonly string[];
	readonly onRefused?: (refusal: ProxyRefusal) => void;
	readonly resolve?: Resolve;
	readonly dial?: Dial;
	readonly connectTimeoutMs?: number;
	/** Listen at this Unix socket, and not on loopback. */
	readonly socketPath?: string;
}

/** GuardProxy is a running proxy. Any user name passes with its password; a request without gets 407. */
export interface GuardProxy {
	/** `http://127.0.0.1:<port>`, or the path of its socket. */
	readonly server: string;
	readonly password: string;
	stop(): Promise<void>;
}

/** PROXY_GREETING is answered by the proxy itself, so that a browser can learn its credentials without going anywhere. */
export const PROXY_GREETING = 'http://greeting.invalid/';

/**
 * openGuardProxy starts an HTTP proxy on loopback for browsers, which cannot be trusted to check addresses themselves: it
 * forwards HTTP and tunnels everything else (CONNECT), and dials by the same rules as the guarded fetch. What is refused
 * is answered 403, what cannot be reached 502.
 */
export async function openGuardProxy(options: GuardProxyOptions): Promise<GuardProxy> {
	const allowed = allowedHosts(options.allowPrivateHosts);
	const password = randomBytes(24).toString('base64url');
	const dial = guardedDial({ ...options, allowed });
	const agent = new GuardedAgent(dial);
	const tunnels = new Set<Duplex>();
	const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: 0, keepAliveTimeout: 60_000 });

	server.on('request', (request, response) => {
		const user = userOf(request, password);
		if (user === undefined) return void response.writeHead(407, CHALLENGE).end();
		if (request.url === PROXY_GREETING) return void response.writeHead(204).end();
		forward(request, response, user);
	});
	server.on('connect', (request, client, head) => {
		tunnels.add(client);
		client.on('error', () => client.destroy()).on('close', () => tunnels.delete(client));
		const user = userOf(request, password);
		if (user === undefined) return answerTunnel(client, 407, 'Proxy Authentication Required', CHALLENGE);
		void tunnel(request.url ?? '', client, head, user);
	});
	// What is not HTTP is hung up on.
	server.on('clientError', (_error, socket) => socket.destroy());

	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		if (options.socketPath === undefined) server.listen(0, '127.0.0.1', resolve);
		else server.listen(options.socketPath, resolve);
	});
	return {
		server: options.socketPath ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		password,
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
				for (const client of tunnels) client.destroy();
				agent.destroy();
			}),
	};

	function forward(request: IncomingMessage, response: ServerResponse, user: string): void {
		const address = request.url ?? '';
		let url: URL;
		try {
			url = checkedUrl(address, allowed);
			if (url.protocol !== 'http:') throw notForwarded(url);
		} catch (error) {
			return refuse(response, user, address, error);
		}
		send();

		function send(): void {
			const onward = httpRequest({
				agent,
				method: request.method,
				host: url.hostname.replace(/^\[|\]$/g, ''),
				port: url.port === '' ? 80 : Number(url.port),
				path: `${url.pathname}${url.search}`,
				headers: withHost(onwardHeaders(request.rawHeaders), url.host),
				maxHeaderSize: MAX_HEADER_BYTES,
			});
			const hungUp = () => onward.destroy();
			response.on('close', hungUp);
			onward.on('response', (answer) => {
				try {
					// Without its words: Node reads some that it does not write, and so it is with numbers below 100.
					response.writeHead(answer.statusCode ?? 502, onwardHeaders(answer.rawHeaders));
				} catch (error) {
					onward.destroy(error instanceof Error ? error : undefined);
					return;
				}
				response.flushHeaders();
				answer.on('error', () => response.destroy());
				answer.pipe(response);
			});
			// Nobody asked for another protocol: the request to change it was not sent on.
			onward.on('upgrade', (_answer, socket) => {
				response.off('close', hungUp);
				socket.destroy();
				refuse(response, user, address, fetchFailure(url, new Error('the server changed the protocol unasked')));
			});
			onward.on('error', (error) => {
				response.off('close', hungUp);
				// The server closed a kept connection just as it was used again.
				if (onward.reusedSocket && BODILESS.has(request.method ?? '') && !response.headersSent) return send();
				if (response.headersSent) response.destroy();
				else if (!response.destroyed) refuse(response, user, address, fetchFailure(url, error));
			});
			if (BODILESS.has(request.method ?? '')) onward.end();
			else request.pipe(onward);
		}
	}

	function refuse(response: ServerResponse, user: string, address: string, error: unknown): void {
		const told = tell(user, address, error);
		response.writeHead(statusOf(told), { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
		response.end(`${told.message}\n`);
	}

	async function tunnel(target: string, client: Duplex, head: Buffer, user: string): Promise<void> {
		// A tunnel to port 80 is as good as any: web sockets use one.
		const address = `https://${target}/`;
		let server: Socket;
		try {
			const url = checkedUrl(address, allowed);
			server = await dial(url, url.port === '' ? 443 : Number(url.port)).catch((error: unknown) => {
				throw fetchFailure(url, error);
			});
		} catch (error) {
			const status = statusOf(tell(user, address, error));
			return answerTunnel(client, status, status === 403 ? 'Forbidden' : 'Bad Gateway', {});
		}
		server.on('error', () => client.destroy());
		server.on('close', () => client.destroy());
		client.on('close', () => server.destroy());
		if (client.destroyed) return void server.destroy();
		client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
		if (head.length > 0) server.write(head);
		client.pipe(server).pipe(client);
	}

	function tell(user: string, address: string, thrown: unknown): CoreError {
		const error = isCoreError(thrown) ? thrown : unforeseen(address, thrown);
		if (URL.canParse(address)) options.onRefused?.({ user, url: new URL(address), error });
		return error;
	}
}

/** Connections to servers, kept for the next request to the same host; each was dialled under guard. */
class GuardedAgent extends Agent {
	readonly #dial: ReturnType<typeof guardedDial>;

	constructor(dial: ReturnType<typeof guardedDial>) {
		super({ keepAlive: true, keepAliveMsecs: 1_000, maxFreeSockets: 64, timeout: 60_000 });
		this.#dial = dial;
	}

	override createConnection(
		options: { host?: string | null | undefined; port?: number | string | null | undefined },
		callback?: (error: Error | null, socket: Duplex) => void,
	): undefined {
		const host = options.host ?? '';
		const port = Number(options.port);
		const url = new URL(`http://${host.includes(':') ? `[${host}]` : host}:${port}/`);
		// Node's agent takes an error without a socket, which its declaration does not say.
		const done = callback as ((error: Error | null, socket?: Duplex) => void) | undefined;
		this.#dial(url, port).then(
			(socket) => done?.(null, socket),
			(error: unknown) => done?.(error instanceof Error ? error : new Error(String(error))),
		);
		return undefined;
	}
}

function answerTunnel(client: Duplex, status: number, reason: string, headers: Readonly<Record<string, string>>): void {
	const lines = Object.entries({ ...headers, 'Content-Length': '0', Connection: 'close' }).map(
		([name, value]) => `${name}: ${value}\r\n`,
	);
	client.end(`HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n`);
}

function statusOf(error: CoreError): number {
	return error.code === 'fetch-failed' || error.code === 'internal' ? 502 : 403;
}

function notForwarded(url: URL): CoreError {
	return new CoreError('address-refused', `Refused to forward ${url.origin}: only http is forwarded.`, {
		hint: 'Ask for a tunnel.',
	});
}

function unforeseen(address: string, cause: unknown): CoreError {
	return new CoreError('internal', `Cannot fetch ${address.slice(0, 200)}.`, { hint: 'Try again.', cause });
}

const CHALLENGE = { 'Proxy-Authenticate': 'Basic realm="errand"' };
const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD']);
const MAX_HEADER_BYTES = 256 * 1024;
