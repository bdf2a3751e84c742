import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { connect, isIP, type LookupFunction, type Socket, type TcpNetConnectOpts } from 'node:net';
import { buildConnector } from 'undici';
import { HINT_ALLOW, hostPort, refused } from './checked-url.ts';
import { privateAddresses, refusalOf } from './private-address.ts';

/** Resolve gives all addresses of a host name. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/** Dial opens a TCP connection. */
export type Dial = (options: TcpNetConnectOpts) => Socket;

/** GuardedConnectOptions are what the dialer needs to know; `ca` adds a certificate authority, in PEM form. */
export interface GuardedConnectOptions {
	readonly allowed: ReadonlySet<string>;
	readonly resolve?: Resolve | undefined;
	readonly dial?: Dial | undefined;
	readonly ca?: string | undefined;
	readonly connectTimeoutMs?: number | undefined;
}

/**
 * guardedConnect is an undici connector that looks at every address after DNS and dials only public ones.
 * The socket is dialled here and handed to undici for TLS, because undici and `https.request` silently ignore `blockList` for HTTPS.
 * The name is resolved once and exactly the addresses that were checked are dialled, so a rebinding name gains nothing.
 */
export function guardedConnect(options: GuardedConnectOptions): buildConnector.connector {
	const timeoutMs = options.connectTimeoutMs ?? 10_000;
	const { resolve = resolveBySystem, dial = connect } = options;
	const blockList = privateAddresses();
	const upgrade = buildConnector({ allowH2: false, timeout: timeoutMs, ...(options.ca && { ca: options.ca }) });

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

	async function open(url: URL, port: number): Promise<Socket> {
		const host = url.hostname.replace(/^\[|\]$/g, '');
		const free = options.allowed.has(hostPort(url));
		const deadline = AbortSignal.timeout(timeoutMs);
		const addresses = await beforeDeadline(addressesOf(host, resolve), deadline, host);
		if (!free) refusePrivate(url, host, addresses);
		return connectTo({ host, port, addresses, deadline, dial, blockList: free ? undefined : blockList });
	}
}

async function addressesOf(host: string, resolve: Resolve): Promise<readonly LookupAddress[]> {
	const version = isIP(host);
	if (version !== 0) return [{ address: host, family: version }];
	const addresses = await resolve(host);
	if (addresses.length === 0) throw Object.assign(new Error(`no address for ${host}`), { code: 'ENOTFOUND' });
	return addresses;
}

function refusePrivate(url: URL, host: string, addresses: readonly LookupAddress[]): void {
	for (const { address } of addresses) {
		const rule = refusalOf(address);
		if (rule === undefined) continue;
		throw refused(url, address === host ? `${address} is ${rule}` : `${host} is at ${address}, ${rule}`, HINT_ALLOW);
	}
}

function connectTo(target: {
	host: string;
	port: number;
	addresses: readonly LookupAddress[];
	deadline: AbortSignal;
	dial: Dial;
	blockList: ReturnType<typeof privateAddresses> | undefined;
}): Promise<Socket> {
	const { host, port, addresses, deadline, dial, blockList } = target;
	const checked: LookupFunction = (_host, how, done) => {
		const [first] = addresses;
		if (how.all) done(null, [...addresses]);
		else done(null, first?.address ?? '', first?.family);
	};
	return new Promise((resolve, reject) => {
		const socket = dial({ host, port, lookup: checked, noDelay: true, ...(blockList && { blockList }) });
		const late = () => socket.destroy(timedOut(host));
		deadline.addEventListener('abort', late, { once: true });
		socket.once('close', () => deadline.removeEventListener('abort', late));
		socket.once('error', reject);
		socket.once('connect', () => {
			deadline.removeEventListener('abort', late);
			socket.off('error', reject);
			resolve(socket);
		});
	});
}

async function beforeDeadline<T>(work: Promise<T>, deadline: AbortSignal, host: string): Promise<T> {
	const { promise, reject } = Promise.withResolvers<never>();
	const late = () => reject(timedOut(host));
	deadline.addEventListener('abort', late, { once: true });
	try {
		return await Promise.race([work, promise]);
	} finally {
		deadline.removeEventListener('abort', late);
	}
}

function timedOut(host: string): Error {
	return Object.assign(new Error(`no connection to ${host} in time`), { code: 'UND_ERR_CONNECT_TIMEOUT' });
}

const resolveBySystem: Resolve = (hostname) => {
	const { promise, resolve, reject } = Promise.withResolvers<readonly LookupAddress[]>();
	systemLookup(hostname, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
	return promise;
};
