import { Agent, request } from 'node:http';

/** Poster posts over kept connections with as little work of its own as it can, for it shares the processors. */
export interface Poster {
	/** Resolves once it was answered; rejects when it was not taken. */
	post(path: string, headers: Readonly<Record<string, string>>, body: string): Promise<void>;
	close(): void;
}

/** openPoster opens a client of a server. */
export function openPoster(url: string): Poster {
	const agent = new Agent({ keepAlive: true, maxSockets: 100 });
	const { hostname, port } = new URL(url);
	return {
		post: (path, headers, body) =>
			new Promise((resolve, reject) => {
				const sent = request({ agent, hostname, port, method: 'POST', path, headers }, (response) => {
					let text = '';
					response.setEncoding('utf8');
					response.on('data', (chunk: string) => {
						text += chunk;
					});
					response.on('end', () => {
						const { statusCode = 0 } = response;
						if (statusCode >= 200 && statusCode < 300) resolve();
						else reject(new Error(`${path} answered ${statusCode}: ${text.slice(0, 500)}`));
					});
				});
				sent.on('error', reject);
				sent.end(body);
			}),
		close: () => agent.destroy(),
	};
}
