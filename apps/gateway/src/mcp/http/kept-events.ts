import type { EventStore, JSONRPCMessage } from '@modelcontextprotocol/server';

/** KeptEventsLimits bound what is kept for clients that may come back for it. */
export interface KeptEventsLimits {
	readonly bytes: number;
	readonly bytesPerSession: number;
}

const LIMITS: KeptEventsLimits = { bytes: 8 * 1024 * 1024, bytesPerSession: 1024 * 1024 };

interface Kept {
	readonly id: string;
	readonly stream: string;
	readonly text: string;
}

/** SessionEvents are what one session was sent of late. */
export interface SessionEvents extends EventStore {
	/** Whether what came after an event can still be told. */
	knows(id: string): boolean;
	/** Nobody comes back for them. */
	forget(): void;
}

/**
 * KeptEvents keeps what was sent to clients over streams that can break, so that one that comes back with the last event it saw
 * gets the rest. What is oldest goes first where it becomes too much; who comes back for that is told so.
 */
export class KeptEvents {
	readonly #limits: KeptEventsLimits;
	/** Those that were sent something last stand last. */
	readonly #shelves = new Set<Shelf>();
	#bytes = 0;

	constructor(limits: KeptEventsLimits = LIMITS) {
		this.#limits = limits;
	}

	/**
	 * Begins to keep events of one more session. It names no stream of an event beforehand: then whoever comes back takes a stream
	 * over, though its old line may not have been noticed to be dead.
	 */
	ofSession(): SessionEvents {
		const shelf = new Shelf();
		return {
			storeEvent: async (stream, message) => this.#keep(shelf, stream, message),
			replayEventsAfter: async (last, { send }) => {
				const from = shelf.find(last);
				if (from === undefined) throw new Error('What came after this event is not kept any more.');
				for (const { id, text } of shelf.after(from)) {
					const message = JSON.parse(text) as JSONRPCMessage | Record<never, never>;
					// What only makes a stream resumable says nothing.
					if ('jsonrpc' in message) await send(id, message);
				}
				return from.stream;
			},
			knows: (id) => shelf.find(id) !== undefined,
			forget: () => this.#drop(shelf),
		};
	}

	#keep(shelf: Shelf, stream: string, message: JSONRPCMessage): string {
		const text = JSON.stringify(message);
		const before = shelf.bytes;
		const id = shelf.add(stream, text);
		this.#bytes += shelf.bytes - before;
		this.#shelves.delete(shelf);
		this.#shelves.add(shelf);
		while (shelf.bytes > this.#limits.bytesPerSession) this.#bytes -= shelf.dropOldest();
		for (const oldest of this.#shelves) {
			if (this.#bytes <= this.#limits.bytes) break;
			this.#drop(oldest);
		}
		return id;
	}

	#drop(shelf: Shelf): void {
		this.#shelves.delete(shelf);
		this.#bytes -= shelf.clear();
	}
}

/** The events of one session, oldest first. */
class Shelf {
	#kept: Kept[] = [];
	#made = 0;
	bytes = 0;

	add(stream: string, text: string): string {
		this.#made += 1;
		const id = `${this.#made}.${stream}`;
		const kept = { id, stream, text };
		this.#kept.push(kept);
		this.bytes += sizeOf(kept);
		return id;
	}

	find(id: string): Kept | undefined {
		return this.#kept.find((one) => one.id === id);
	}

	/** The later ones of the same stream. */
	after(last: Kept): readonly Kept[] {
		return this.#kept.slice(this.#kept.indexOf(last) + 1).filter(({ stream }) => stream === last.stream);
	}

	/** Tells how much that was. */
	dropOldest(): number {
		const oldest = this.#kept.shift();
		const size = oldest === undefined ? 0 : sizeOf(oldest);
		this.bytes -= size;
		return size;
	}

	/** Tells how much that was. */
	clear(): number {
		const size = this.bytes;
		this.#kept = [];
		this.bytes = 0;
		return size;
	}
}

/** Small ones cost more than their words. */
const OVERHEAD = 100;

function sizeOf({ id, text }: Kept): number {
	return text.length + id.length + OVERHEAD;
}
