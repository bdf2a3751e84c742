import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Page =
	| { readonly type: string; readonly body: string | Uint8Array }
	| ((request: IncomingMessage, response: ServerResponse) => void);

/** LoopbackSite is a web site for one test. */
export interface LoopbackSite {
	readonly origin: string;
	/** As `ERRAND_ALLOW_PRIVATE_HOSTS` wants it. */
	readonly host: string;
	/** Paths asked for so far, in order. */
	readonly asked: readonly string[];
	stop(): Promise<void>;
}

/** serveSite serves pages by path on a free loopback port; a function answers by itself. */
export async function serveSite(pages: Readonly<Record<string, Page>>): Promise<LoopbackSite> {
	const asked: string[] = [];
	const server = createServer((request, response) => {
		const path = request.url ?? '/';
		asked.push(path);
		const page = pages[path];
		if (page === undefined) response.writeHead(404, { 'Content-Type': 'text/plain' }).end('No such page.');
		else if (typeof page === 'function') page(request, response);
		else response.writeHead(200, { 'Content-Type': page.type }).end(page.body);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		origin: `http://${host}`,
		host,
		asked,
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
