import { once } from 'node:events';
import WebSocket from 'ws';
import type { ErrandProcess } from '../../harness/errand-process.ts';
import { saidBy } from './errand-server.ts';

/** Inspector asks the engine of a running server about itself. */
export interface Inspector {
	send(method: string, params?: object): Promise<unknown>;
	close(): void;
}

/** INSPECTABLE is what a server's environment needs so that it can be inspected later, at a port of its own. */
export const INSPECTABLE = { NODE_OPTIONS: '--inspect-port=127.0.0.1:0' };

/** openInspector has a running server listen for an inspector and connects to it. */
export async function openInspector(errand: ErrandProcess): Promise<Inspector> {
	process.kill(errand.pid, 'SIGUSR1');
	const line = await saidBy(errand, 'Debugger listening on ');
	const socket = new WebSocket(line.slice(line.indexOf('ws://')).trim());
	await once(socket, 'open');
	const waiting = new Map<number, (result: unknown) => void>();
	socket.on('message', (data) => {
		const { id, result } = JSON.parse(String(data)) as { id?: number; result: unknown };
		if (id !== undefined) waiting.get(id)?.(result);
	});
	let sent = 0;
	return {
		send: (method, params = {}) =>
			new Promise((resolve) => {
				const id = ++sent;
				waiting.set(id, resolve);
				socket.send(JSON.stringify({ id, method, params }));
			}),
		close: () => socket.terminate(),
	};
}
