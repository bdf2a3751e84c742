import type { JSONRPCMessage, Server, Transport } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { followAll, listenedUris } from '../http/listened-resources.ts';
import type { McpSurface } from '../protocol/surface.ts';

/**
 * ListeningTransport is standard input and output, with an eye on what clients since revision 2026-07-28 listen to: the SDK
 * tells them of changes, but not us what they want to hear of.
 */
export class ListeningTransport implements Transport {
	onclose?: () => void;
	onerror?: (error: Error) => void;
	onmessage?: (message: JSONRPCMessage) => void;
	readonly #line = new StdioServerTransport();
	readonly #surface: Pick<McpSurface, 'follow'>;
	readonly #say: (words: unknown) => void;
	readonly #listened = new Map<string | number, () => void>();
	#server: Server | undefined;

	constructor(surface: Pick<McpSurface, 'follow'>, say: (words: unknown) => void) {
		this.#surface = surface;
		this.#say = say;
	}

	/** The server that is told of changes; the last one it was called with. */
	watched(server: Server): Server {
		this.#server = server;
		return server;
	}

	async start(): Promise<void> {
		this.#line.onclose = () => {
			for (const stop of this.#listened.values()) stop();
			this.onclose?.();
		};
		this.#line.onerror = (error) => this.onerror?.(error);
		this.#line.onmessage = (message) => {
			this.#notice(message);
			this.onmessage?.(message);
		};
		await this.#line.start();
	}

	send(message: JSONRPCMessage): Promise<void> {
		return this.#line.send(message);
	}

	close(): Promise<void> {
		return this.#line.close();
	}

	#notice(message: JSONRPCMessage): void {
		const uris = listenedUris(message);
		if (uris !== undefined && 'id' in message && message.id !== undefined) void this.#listen(message.id, uris);
		if (!('method' in message) || message.method !== 'notifications/cancelled') return;
		const id = message.params?.['requestId'];
		if (typeof id !== 'string' && typeof id !== 'number') return;
		this.#listened.get(id)?.();
		this.#listened.delete(id);
	}

	async #listen(id: string | number, uris: readonly string[]): Promise<void> {
		let stopped = false;
		this.#listened.set(id, () => {
			stopped = true;
		});
		const following = await followAll(this.#surface, uris, (uri) => {
			this.#server?.sendResourceUpdated({ uri }).catch(() => undefined);
		});
		if ('refused' in following) return this.#say(following.refused);
		if (stopped) following.stop();
		else this.#listened.set(id, following.stop);
	}
}
