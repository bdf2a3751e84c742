import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Knock is one start of a step, as it showed outside of Errand. */
export interface Knock {
	readonly name: string;
	/** ms since 1970. */
	readonly at: number;
}

/** Door is a place on loopback where steps say that they have started: a counter that no part of Errand can touch. */
export interface Door {
	readonly knocks: readonly Knock[];
	/** Where the step of this name knocks. */
	at(name: string): string;
	close(): Promise<void>;
}

/** openDoor opens one on a free port. */
export async function openDoor(): Promise<Door> {
	const knocks: Knock[] = [];
	const server = createServer((request, response) => {
		knocks.push({ name: decodeURIComponent((request.url ?? '/').slice(1)), at: Date.now() });
		response.end();
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		knocks,
		at: (name) => `http://127.0.0.1:${port}/${encodeURIComponent(name)}`,
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
