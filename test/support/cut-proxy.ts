import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** CutProxy leads to a server on loopback and breaks as networks do. All of its troubles hold until `heal`. */
export interface CutProxy {
	readonly port: number;
	/** The target's address with this proxy's place in it. */
	readonly url: string;
	/** How many connections are open through it. */
	connections(): number;
	/** Resets all connections, and each new one at once. */
	cut(): void;
	/** Connections stay and new ones are accepted, but nothing goes through, either way: what is said is lost. */
	halfOpen(): void;
	/** Holds everything back for so long, each way, in its order. */
	delay(ms: number): void;
	/** Lets requests through and swallows the next `count` chunks of answers; a connection that misses one is reset. */
	dropAnswers(count: number): void;
	/** Everything goes through again; connections that have lost something are reset. */
	heal(): void;
	close(): Promise<void>;
}

interface Pair {
	readonly near: Socket;
	readonly far: Socket;
	/** Something said over it was swallowed. */
	spoilt: boolean;
}

/** startCutProxy leads to the server at a URL (`redis://…`, `postgresql://…`, `http://…`) with a port. */
export async function startCutProxy(target: string): Promise<CutProxy> {
	const { hostname, port } = new URL(target);
	const pairs = new Set<Pair>();
	let mode: 'open' | 'cut' | 'half-open' = 'open';
	let delayMs = 0;
	let answersToDrop = 0;

	const server = createServer({ noDelay: true }, (near) => {
		if (mode === 'cut') {
			near.on('error', () => {});
			near.resetAndDestroy();
			return;
		}
		const far = connect({ port: Number(port), host: hostname, noDelay: true });
		const pair: Pair = { near, far, spoilt: false };
		pairs.add(pair);
		carry(pair, near, far);
		carry(pair, far, near);
	});

	/** Passes on what one end says to the other, unless it is lost on the way. */
	const carry = (pair: Pair, from: Socket, to: Socket) => {
		const line = new DelayLine(() => delayMs);
		from.on('data', (chunk: Buffer) => {
			if (mode === 'half-open') pair.spoilt = true;
			else if (from === pair.far && answersToDrop > 0) {
				answersToDrop--;
				reset(pair);
			} else {
				line.pass(() => {
					if (to.destroyed || to.write(chunk)) return;
					from.pause();
					to.once('drain', () => from.resume());
				});
			}
		});
		from.on('error', () => mode !== 'half-open' && reset(pair));
		from.on('close', () => {
			if (mode === 'half-open') pair.spoilt = true;
			else {
				line.pass(() => {
					pairs.delete(pair);
					to.destroySoon();
				});
			}
		});
	};
	const reset = (pair: Pair) => {
		pairs.delete(pair);
		for (const end of [pair.near, pair.far]) if (!end.destroyed) end.resetAndDestroy();
	};

	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', resolve);
	});
	const own = (server.address() as AddressInfo).port;
	const url = new URL(target);
	url.hostname = '127.0.0.1';
	url.port = String(own);
	return {
		port: own,
		url: url.href,
		connections: () => pairs.size,
		cut: () => {
			mode = 'cut';
			for (const pair of pairs) reset(pair);
		},
		halfOpen: () => {
			mode = 'half-open';
		},
		delay: (ms) => {
			delayMs = ms;
		},
		dropAnswers: (count) => {
			answersToDrop = count;
		},
		heal: () => {
			mode = 'open';
			delayMs = 0;
			answersToDrop = 0;
			for (const pair of pairs) if (pair.spoilt) reset(pair);
		},
		close: async () => {
			const closed = new Promise((resolve) => server.close(resolve));
			for (const pair of pairs) reset(pair);
			await closed;
		},
	};
}

/** DelayLine does things late but in their order, also when the delay gets shorter meanwhile. */
class DelayLine {
	readonly #delayMs: () => number;
	readonly #waiting: { readonly due: number; readonly act: () => void }[] = [];

	constructor(delayMs: () => number) {
		this.#delayMs = delayMs;
	}

	pass(act: () => void): void {
		const delayMs = this.#delayMs();
		if (delayMs === 0 && this.#waiting.length === 0) {
			act();
			return;
		}
		this.#waiting.push({ due: performance.now() + delayMs, act });
		if (this.#waiting.length === 1) this.#next();
	}

	#next(): void {
		const first = this.#waiting[0];
		if (first === undefined) return;
		setTimeout(
			() => {
				this.#waiting.shift();
				first.act();
				this.#next();
			},
			Math.max(0, first.due - performance.now()),
		);
	}
}
