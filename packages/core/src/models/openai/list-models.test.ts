import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { listModels } from './list-models.ts';

async function asking<T>(listener: RequestListener, ask: (baseUrl: string) => Promise<T>): Promise<T> {
	const server = createServer(listener).listen(0, '127.0.0.1');
	await once(server, 'listening');
	try {
		return await ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
	} finally {
		server.closeAllConnections();
		server.close();
	}
}

const { signal } = new AbortController();

it('leaves a server whose list of models never ends', async () => {
	const lot = Buffer.alloc(1_000_000, ' ');
	const endless: RequestListener = (_request, response) => {
		const more = () => {
			while (!response.destroyed && response.write(lot));
		};
		response.on('drain', more);
		more();
	};
	await asking(endless, (baseUrl) =>
		expect(listModels({ baseUrl, signal })).rejects.toMatchObject({
			code: 'model-refused',
			message: expect.stringContaining('more than can be read'),
		}),
	);
});

it('takes no key in a header of its own to where a server sends it', async () => {
	const heard: unknown[] = [];
	const keeps: RequestListener = (request, response) => {
		heard.push(request.headers['x-api-key']);
		response.end('{"data":[]}');
	};
	await asking(keeps, (elsewhere) =>
		asking(
			(_request, response) => response.writeHead(307, { location: `${elsewhere}/models` }).end(),
			(baseUrl) => expect(listModels({ baseUrl, signal, headers: { 'x-api-key': 'secret' } })).rejects.toThrow(),
		),
	);
	expect(heard).toEqual([]);
});
