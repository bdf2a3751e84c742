/** RedisAddress is where one Redis listens. */
export interface RedisAddress {
	readonly host: string;
	readonly port: number;
}

/**
 * RedisPlace is where one Errand's Redis is. A Redis that stands alone is where its address says. In a Redis Cluster all that one
 * Errand keeps is on one node at a time, which may fail or pass it on; whichever other node is asked says who has it now.
 */
export class RedisPlace {
	#current: RedisAddress;
	#known: readonly RedisAddress[] = [];
	#movedAt: number | undefined;
	readonly #onMoved = new Set<() => void>();

	constructor(url: string) {
		const { hostname, port } = new URL(url);
		this.#current = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379) };
	}

	get current(): RedisAddress {
		return this.#current;
	}

	/** Takes in which nodes there are, any of which can be asked. */
	learn(nodes: readonly RedisAddress[]): void {
		this.#known = nodes;
	}

	/** Where to look in the nth try in a row that led nowhere: now and then at another node, which knows who came after. */
	seek(tries: number): RedisAddress {
		const others = this.#known.filter((node) => !isSame(node, this.#current));
		return (tries % 2 === 0 ? others[(tries / 2 - 1) % others.length] : undefined) ?? this.#current;
	}

	/** Takes in what a node refused; true where that was because another one has it. */
	heard(error: Error, from: RedisAddress): boolean {
		const [, host, port] = /^MOVED \d+ (.*):(\d+)$/.exec(error.message) ?? [];
		if (port === undefined) return false;
		// A node that does not know its name says only where on the same host.
		this.#goTo({ host: host || from.host, port: Number(port) });
		return true;
	}

	/** Takes in that a node did what was asked of it: it has it, though perhaps nobody said so. */
	answered(node: RedisAddress): void {
		this.#goTo(node);
	}

	/** Whether it moved so lately that others may not have followed. */
	get isFresh(): boolean {
		return this.#movedAt !== undefined && performance.now() - this.#movedAt < FOLLOWED_MS;
	}

	/** Calls back when it moved. Returns the way to stop. */
	onMoved(listener: () => void): () => void {
		this.#onMoved.add(listener);
		return () => void this.#onMoved.delete(listener);
	}

	#goTo(address: RedisAddress): void {
		if (isSame(address, this.#current)) return;
		this.#current = address;
		this.#movedAt = performance.now();
		for (const listener of this.#onMoved) listener();
	}
}

/** nodesOf reads the answer to `CLUSTER SLOTS`. */
export function nodesOf(answer: unknown, from: RedisAddress): readonly RedisAddress[] {
	const nodes = new Map<string, RedisAddress>();
	for (const range of Array.isArray(answer) ? answer : []) {
		for (const node of Array.isArray(range) ? range.slice(2) : []) {
			const [host, port] = Array.isArray(node) ? node : [];
			const address = { host: typeof host === 'string' && host !== '' ? host : from.host, port: Number(port) };
			if (Number.isInteger(address.port)) nodes.set(`${address.host}:${address.port}`, address);
		}
	}
	return [...nodes.values()];
}

function isSame(a: RedisAddress, b: RedisAddress): boolean {
	return a.host === b.host && a.port === b.port;
}

/** Everybody asks Redis once a second, and is soon back. */
const FOLLOWED_MS = 3_000;
