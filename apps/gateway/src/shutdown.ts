import type { Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';
import type { ILogger } from '@errand/core/ports/logger.ts';
import type { WebServer } from '@errand/frontends/web/socket-events.ts';
import type { TaskStreams } from './http/task-streams.ts';

/** ServingParts is everything that holds connections. */
export interface ServingParts {
	readonly http: HttpServer;
	readonly io: WebServer;
	readonly streams: TaskStreams;
	readonly log: ILogger;
}

/**
 * stopperOf gives the way to stop serving; call it before the server listens. To stop is to take no more connections, tell
 * readers why and end them, and give calls under way `limitMs` to be answered; then all that is left is cut off. Clients are
 * expected to connect again. Stopping twice is stopping once.
 */
export function stopperOf({
	http,
	io,
	streams,
	log,
}: ServingParts): (reason: string, limitMs?: number) => Promise<void> {
	const connections = new Set<Socket>();
	http.on('connection', (socket: Socket) => {
		connections.add(socket);
		socket.once('close', () => connections.delete(socket));
	});
	let stopped: Promise<void> | undefined;
	const stop = async (reason: string, limitMs: number) => {
		const closed = new Promise<void>((resolve) => http.close(() => resolve()));
		io.emit('closing', { reason });
		streams.closeAll(reason);
		// The transport is closed rather than the session ended: to a client that means "connect again".
		for (const socket of io.sockets.sockets.values()) socket.conn.close();
		// A connection that was busy until now becomes idle without being closed by itself.
		const sweep = setInterval(() => http.closeIdleConnections(), 50);
		// The server forgets connections that became web sockets, hence the list of our own.
		const limit = setTimeout(() => {
			log.warn('connections cut off at shutdown', { limitMs, connections: connections.size });
			for (const socket of connections) socket.destroy();
		}, limitMs);
		await closed;
		clearInterval(sweep);
		clearTimeout(limit);
		await io.close();
	};
	return (reason, limitMs = 10_000) => {
		stopped ??= http.listening ? stop(reason, limitMs) : Promise.resolve();
		return stopped;
	};
}
