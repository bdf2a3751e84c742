import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** RawCall is an HTTP request as it goes over the wire: headers are sent as given, also twice, wrong or in any order. */
export interface RawCall {
	readonly method: string;
	readonly target: string;
	readonly headers: readonly (readonly [string, string])[];
	readonly body: Uint8Array;
}

/** callRaw sends a request byte for byte, and resolves with the status; 0 when the connection ended without one. */
export async function callRaw(url: string, { method, target, headers, body }: RawCall): Promise<number> {
	const { socket, answered } = open(url);
	const has = (name: string) => headers.some(([given]) => given.toLowerCase() === name);
	const all = [
		...(has('host') ? [] : [['Host', new URL(url).host] as const]),
		...headers,
		...(has('content-length') || has('transfer-encoding') ? [] : [['Content-Length', `${body.byteLength}`] as const]),
		['Connection', 'close'] as const,
	];
	const head = [`${method} ${target} HTTP/1.1`, ...all.map(([name, value]) => `${name}: ${value}`), '', ''].join(
		'\r\n',
	);
	socket.write(Buffer.concat([Buffer.from(head, 'latin1'), body]));
	return answered;
}

/** Drip is a request that never ends: its bytes come one at a time. */
export interface Drip {
	stop(): Promise<void>;
}

/** drip begins a request and keeps adding to its headers or its body, a byte every `everyMs`. */
export function drip(
	url: string,
	{ method, target, headers, part }: Omit<RawCall, 'body'> & { readonly part: 'headers' | 'body' },
	everyMs: number,
): Drip {
	const { socket, answered } = open(url);
	const head = [`${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`)].join('\r\n');
	socket.write(`${head}\r\n${part === 'body' ? '\r\n' : 'X-More: '}`);
	const timer = setInterval(() => socket.write('x'), everyMs);
	return {
		stop: async () => {
			clearInterval(timer);
			socket.destroy();
			await answered;
			await wait(0);
		},
	};
}

function open(url: string): { readonly socket: Socket; readonly answered: Promise<number> } {
	const { hostname, port } = new URL(url);
	const socket = connect(Number(port), hostname);
	let said = '';
	socket.setEncoding('latin1');
	socket.on('data', (part: string) => {
		if (said.length < 1_000) said += part;
	});
	// A server may answer and close before it has read everything.
	socket.on('error', () => {});
	const answered = new Promise<number>((resolve) => {
		socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(said)?.[1] ?? 0)));
	});
	return { socket, answered };
}
