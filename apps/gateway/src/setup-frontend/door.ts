import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

/** Door answers `GET /healthz` where Errand will listen, so that its public address can be tried before it runs. */
export interface Door {
	/** What it answers with besides, to know it again. */
	readonly name: string;
	close(): Promise<void>;
}

/** openDoor listens in Errand's place; undefined where something listens already, or nothing can. */
export async function openDoor({ host, port }: { host: string; port: number }): Promise<Door | undefined> {
	const name = randomUUID();
	const server = createServer((request, response) => {
		const known = request.method === 'GET' && request.url === '/healthz';
		response.writeHead(known ? 200 : 404, { 'content-type': 'application/json', connection: 'close' });
		response.end(JSON.stringify(known ? { status: 'ok', door: name } : {}));
	});
	const listening = await new Promise<boolean>((resolve) => {
		server.once('error', () => resolve(false));
		server.listen(port, host, () => resolve(true));
	});
	if (!listening) return undefined;
	return {
		name,
		close: () => {
			server.closeAllConnections();
			return new Promise((resolve) => server.close(() => resolve()));
		},
	};
}
