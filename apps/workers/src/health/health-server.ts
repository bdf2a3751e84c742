import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CoreError, describeError } from '@errand/core/domain/errors.ts';
import type { WorkerHealth } from './worker-health.ts';

/** HealthServerParts are what a worker tells. */
export interface HealthServerParts {
	readonly host: string;
	readonly port: number;
	readonly health: () => WorkerHealth;
	/** In the format of Prometheus. */
	readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
}

/** HealthServer answers `/healthz`, `/readyz` and `/metrics`. */
export interface HealthServer {
	readonly port: number;
	close(): void;
}

/** openHealthServer listens; rejects with CoreError where the port is taken. */
export async function openHealthServer(parts: HealthServerParts): Promise<HealthServer> {
	const { host, port, health, metrics } = parts;
	const server = createServer((request, response) => {
		const path = request.url?.split('?')[0];
		if (request.method !== 'GET') return answer(response, 405, 'text/plain', '');
		if (path === '/healthz') return answer(response, 200, 'application/json', '{"status":"ok"}');
		if (path === '/readyz') {
			const seen = health();
			return answer(response, seen.ready ? 200 : 503, 'application/json', JSON.stringify(seen));
		}
		if (path !== '/metrics') return answer(response, 404, 'text/plain', '');
		metrics().then(
			({ type, text }) => answer(response, 200, type, text),
			() => answer(response, 500, 'text/plain', ''),
		);
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', (error) => reject(cannotListen(host, port, error)));
		server.listen(port, host, resolve);
	});
	return {
		port: (server.address() as AddressInfo).port,
		close: () => {
			server.close();
			server.closeAllConnections();
		},
	};
}

function answer(response: ServerResponse, status: number, type: string, text: string): void {
	response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(text);
}

function cannotListen(host: string, port: number, error: Error): CoreError {
	return new CoreError('invalid-config', `Cannot listen on ${host}:${port}: ${describeError(error)}.`, {
		hint: 'Set ERRAND_WORKER_PORT to a free port (0 takes any), or leave it out.',
		cause: error,
	});
}
