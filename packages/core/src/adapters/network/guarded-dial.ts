import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { connect, isIP, type LookupFunction, type Socket, type TcpNetConnectOpts } from 'node:net';
import { HINT_ALLOW, hostPort, refused } from './checked-url.ts';
import { privateAddresses, refusalOf } from './private-address.ts';

/** Resolve gives all addresses of a host name. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/** Dial opens a TCP connection. */
export type Dial = (options: TcpNetConnectOpts) => Socket;

/** GuardedDialOptions say which `host:port` are free, and what takes the place of name service and sockets in tests. */
export interface GuardedDialOptions {
	readonly allowed: ReadonlySet<string>;
	readonly resolve?: Resolve | undefined;
	readonly dial?: Dial | undefined;
	readonly connectTimeoutMs?: number | undefined;
}

/**
 * guardedDial connects to the host of an address, looking at every IP address after DNS and dialling only public ones.
 * The name is resolved once and exactly the addresses that were checked are dialled, so a rebinding name gains nothing.
 */
export function guardedDial(options: GuardedDialOptions): (url: URL, port: number) => Promise<Socket> {
	const { resolve = resolveBySystem, dial = connect, connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
	const blockList = privateAddresses();
	return async (url, port) => {
		const host = url.hostname.replace(/^\[|\]$/g, '');
		const free = options.allowed.has(hostPort(url));
		const deadline = AbortSignal.timeout(connectTimeoutMs);
		const addresses = await beforeDeadline(addressesOf(host, resolve), deadline, host);
		if (!free) refusePrivate(url, host, addresses);
		return connectTo({ host, port, addresses, deadline, dial, blockList: free ? undefined : blockList });
	};
}

/** How long name service and connecting may take together. */
export const CONNECT_TIMEOUT_MS = 10_000;

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
